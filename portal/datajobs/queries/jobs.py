"""Which data jobs there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from portal.accounts.models import User
from portal.accounts.permissions import visible_to
from portal.datajobs.models import DataJob, DataJobFile, DataJobType, FileRecord
from portal.extensions import db
from portal.lifecycle import RECORD_ACTIVE, RECORD_OPEN, DataJobStatus, FileRecordStatus
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
    """Jobs whose files are being processed, the oldest first."""
    query = _narrowed(user, Narrowing(DataJobStatus.FILE_PROCESSING)).order_by(DataJob.created_at, DataJob.id)
    return db.session.scalars(query.limit(20)).all()


def jobs_in_need(user: User, limit: int = 8) -> Sequence[DataJob]:
    """Jobs that wait for a person, those that changed last first."""
    query = _narrowed(user, Narrowing(DataJobStatus.NEEDS_REVIEW)).order_by(DataJob.updated_at.desc(), DataJob.id)
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
    return select(DataJob).where(visible_to(user, DataJob.user_id)).options(joinedload(DataJob.user))


def _is_in(status: str) -> ColumnElement[bool]:
    """`statuses.data_job_status` as a condition."""
    is_active, is_ready = _has_record(RECORD_ACTIVE), _is_ready()
    match status:
        case DataJobStatus.FILE_PROCESSING:
            return is_active
        case DataJobStatus.READY_TO_START:
            return and_(not_(is_active), is_ready)
        case DataJobStatus.NEEDS_REVIEW:
            return and_(not_(is_active), not_(is_ready))
        case _:
            return DataJob.id.is_(None)


def _is_ready() -> ColumnElement[bool]:
    as_it_is = exists().where(DataJobFile.data_job_id == DataJob.id, DataJobFile.record_id.is_(None))
    has_prompt = func.trim(func.coalesce(DataJob.system_prompt, "")) != ""
    return and_(
        not_(_has_record(RECORD_OPEN)),
        or_(as_it_is, _has_record({FileRecordStatus.COMPLETED})),
        or_(DataJob.job_type != DataJobType.PRINCIPLE_FILES, has_prompt),
    )


def _has_record(statuses: Collection[FileRecordStatus]) -> ColumnElement[bool]:
    return exists().where(
        FileRecord.data_job_id == DataJob.id, FileRecord.status.in_(statuses), FileRecord.deleted.is_(False)
    )
