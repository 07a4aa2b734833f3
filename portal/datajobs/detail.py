"""A data job with all that belongs to it, as JSON."""

from __future__ import annotations

from portal import timeline
from portal.accounts.models import User
from portal.alignment.queries import summary_of, visible_alignment
from portal.alignment.serializers import alignment_shape
from portal.alignment.shapes import AlignmentShape
from portal.datajobs import queries
from portal.datajobs.models import DataJob
from portal.datajobs.serializers import data_job_detail
from portal.datajobs.shapes import DataJobDetailShape
from portal.extensions import db


def detail_of(job: DataJob, user: User) -> DataJobDetailShape:
    """The job as it is now, for someone who may see it; a fixed number of queries."""
    return data_job_detail(
        job,
        queries.counts_of([job.id])[job.id],
        ingestion_jobs=queries.ingestion_jobs_of(job.id),
        files=queries.files_of(job.id),
        created=queries.created_times(job.id),
        events=timeline.events_of(db.session, "data_job", job.id),
        alignment=_alignment(job, user),
    )


def _alignment(job: DataJob, user: User) -> AlignmentShape | None:
    found = visible_alignment(user, job.alignment.public_id) if job.alignment else None
    return alignment_shape(found, summary_of([found.id])[found.id]) if found else None
