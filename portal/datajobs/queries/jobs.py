"""Which data jobs there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from portal.accounts.models import User
from portal.accounts.permissions import visible_to
from portal.alignment.models import AlignmentJob
from portal.datajobs.models import DataJob, DataJobFile, DataJobType, FileRecord
from portal.extensions import db
from portal.lifecycle import (
    ALIGNMENT_ACTIVE,
    RECORD_ACTIVE,
    RECORD_OPEN,
    AlignmentStatus,
    DataJobStatus,
    FileRecordStatus,
)
from portal.web.paging import Page, Part, paginate, part

SORTS: Mapping[str, InstrumentedAttribute[object]] = {
    "name": DataJob.name,
    "created_at": DataJob.created_at,
    "updated_at": DataJob.updated_at,
    "job_type": DataJob.job_type,
}
"""What lists can be sorted by."""


def find_job(job_id: str) -> DataJob | None:
    """The job as it is now, or None."""
    return db.session.get(DataJob, job_id, populate_existing=True)


def visible_job(user: User, job_id: str) -> DataJob | None:
    """The job with its user, if `user` may see it."""
    return db.session.scalars(_visible(user).where(DataJob.id == job_id)).one_or_none()


def alignment_of(job_id: str) -> AlignmentJob | None:
    """The alignment that the job was started with, as it is now; None where it wasn't, or may be started again."""
    query = select(AlignmentJob).join(DataJob, DataJob.alignment_job_id == AlignmentJob.id).where(DataJob.id == job_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


@dataclass(frozen=True)
class Narrowing:
    """Which jobs a list has, and in which order: `sort` is one of `SORTS`, `search` is looked for in names and
    descriptions."""

    status: str = ""
    job_type: str = ""
    search: str = ""
    sort: str = "created_at"
    ascending: bool = False


def jobs_page(user: User, narrowing: Narrowing, page: int = 1, per_page: int = 25) -> Page[DataJob]:
    """The jobs that `user` may see; two queries however many there are."""
    return paginate(db.session, _ordered(user, narrowing), page, per_page)


def jobs_part(user: User, narrowing: Narrowing, *, limit: int, offset: int) -> Part[DataJob]:
    """The same by offset, for programs."""
    return part(db.session, _ordered(user, narrowing), limit, offset)


def jobs_at_work(user: User) -> Sequence[DataJob]:
    """Jobs whose files are being processed, or whose training data is being made, the oldest first."""
    is_at_work = or_(_is_in(DataJobStatus.FILE_PROCESSING), _has_alignment(ALIGNMENT_ACTIVE))
    query = _visible(user).where(is_at_work).order_by(DataJob.created_at, DataJob.id)
    return db.session.scalars(query.limit(20)).all()


def jobs_in_need(user: User, limit: int = 8) -> Sequence[DataJob]:
    """Jobs that wait for a person, those that changed last first."""
    waits = or_(_is_in(DataJobStatus.NEEDS_REVIEW), _has_alignment({AlignmentStatus.FAILED}))
    query = _visible(user).where(waits).order_by(DataJob.updated_at.desc(), DataJob.id)
    return db.session.scalars(query.limit(limit)).all()


def _ordered(user: User, narrowing: Narrowing) -> Select[DataJob]:
    column = SORTS[narrowing.sort]
    return _narrowed(user, narrowing).order_by(column.asc() if narrowing.ascending else column.desc(), DataJob.id)


def _narrowed(user: User, narrowing: Narrowing) -> Select[DataJob]:
    query = _visible(user)
    if narrowing.status:
        query = query.where(_is_in(narrowing.status))
    if narrowing.job_type:
        query = query.where(DataJob.job_type == narrowing.job_type)
    if narrowing.search:
        columns = (DataJob.name, DataJob.description)
        query = query.where(or_(*(column.icontains(narrowing.search, autoescape=True) for column in columns)))
    return query


def _visible(user: User) -> Select[DataJob]:
    query = select(DataJob).where(visible_to(user, DataJob.user_id))
    return query.options(joinedload(DataJob.user), joinedload(DataJob.alignment))


def _is_in(status: str) -> ColumnElement[bool]:
    """`statuses.data_job_status` as a condition."""
    is_active, is_ready = _has_record(RECORD_ACTIVE), _is_ready()
    is_unstarted = not_(_has_alignment(AlignmentStatus))
    match status:
        case DataJobStatus.FILE_PROCESSING:
            return and_(is_unstarted, is_active)
        case DataJobStatus.READY_TO_START:
            return and_(is_unstarted, not_(is_active), is_ready)
        case DataJobStatus.NEEDS_REVIEW:
            return and_(is_unstarted, not_(is_active), not_(is_ready))
        case _:
            return _has_alignment({status} & set(AlignmentStatus))


def _is_ready() -> ColumnElement[bool]:
    as_it_is = exists().where(DataJobFile.data_job_id == DataJob.id, DataJobFile.record_id.is_(None))
    has_prompt = func.trim(func.coalesce(DataJob.system_prompt, "")) != ""
    return and_(
        not_(_has_record(RECORD_OPEN)),
        or_(as_it_is, _has_record({FileRecordStatus.COMPLETED})),
        or_(DataJob.job_type != DataJobType.PRINCIPLE_FILES, has_prompt),
    )


def _has_alignment(statuses: Iterable[str]) -> ColumnElement[bool]:
    return exists().where(AlignmentJob.id == DataJob.alignment_job_id, AlignmentJob.status.in_(list(statuses)))


def _has_record(statuses: Collection[FileRecordStatus]) -> ColumnElement[bool]:
    return exists().where(
        FileRecord.data_job_id == DataJob.id, FileRecord.status.in_(statuses), FileRecord.deleted.is_(False)
    )
