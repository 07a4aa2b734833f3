"""Which documents a job has."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from portal.alignment.models import AlignmentJob, AlignmentSource
from portal.extensions import db
from portal.web.paging import Page, paginate

FIRST = 1
"""The number of a job's first document."""


def sources_page(job: AlignmentJob, page: int, per_page: int = 25) -> Page[AlignmentSource]:
    """The documents of a job in their order; two queries."""
    query = select(AlignmentSource).where(AlignmentSource.alignment_job_id == job.id)
    return paginate(db.session, query.order_by(AlignmentSource.number), page, per_page)


def first_sources(job: AlignmentJob, limit: int) -> Sequence[AlignmentSource]:
    """The first documents of a job; one query."""
    query = select(AlignmentSource).where(AlignmentSource.alignment_job_id == job.id)
    return db.session.scalars(query.order_by(AlignmentSource.number).limit(limit)).all()


def source_name(job: AlignmentJob, number: int) -> str | None:
    """What the document with that number is known by; None where the job has none."""
    query = select(AlignmentSource.name).where(AlignmentSource.alignment_job_id == job.id)
    return db.session.scalar(query.where(AlignmentSource.number == number))


def first_names(job_ids: Collection[int]) -> dict[int, str]:
    """The name of each job's first document; one query."""
    query = select(AlignmentSource.alignment_job_id, AlignmentSource.name)
    query = query.where(AlignmentSource.alignment_job_id.in_(job_ids), AlignmentSource.number == FIRST)
    return dict(iter(db.session.execute(query)))
