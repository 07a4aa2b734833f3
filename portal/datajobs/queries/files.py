"""Which files data jobs have, and how far each is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import contains_eager

from portal.accounts.models import User
from portal.accounts.permissions import can_see
from portal.alignment.sources import MarkdownFile
from portal.database import utcnow
from portal.datajobs.models import DataJobFile, FileRecord
from portal.datajobs.statuses import FileCounts
from portal.extensions import db
from portal.files.models import StoredFile
from portal.lifecycle import RECORD_ACTIVE, RECORD_OPEN, FileRecordStatus
from portal.web.paging import Page, paginate

READY = "ready"
"""How Markdown counts, which needs no conversion."""

FILE_STATES: dict[str, ColumnElement[bool]] = {
    "usable": DataJobFile.record_id.is_(None) | (FileRecord.status == FileRecordStatus.COMPLETED),
    "processing": FileRecord.status.in_(RECORD_ACTIVE),
    "open": FileRecord.status.in_(RECORD_OPEN),
}
"""How the files of a job can be narrowed."""

PACE_OVER = timedelta(minutes=1)
"""What the present pace is measured over."""


@dataclass(frozen=True)
class JobFile:
    """A file of a job with its record, where it has one, and that one's place in the queue of the whole portal, from 1,
    while it waits there."""

    file: DataJobFile
    queue_position: int | None

    @property
    def record(self) -> FileRecord | None:
        return self.file.record


def files_page(job_id: str, *, state: str = "", page: int = 1, per_page: int = 50) -> Page[JobFile]:
    """The files of a job: what waits for a person first, then what is at work, then the others in the order in which
    they were added; `state` (one of `FILE_STATES`) narrows them. Three queries."""
    query = _files(job_id).order_by(_urgency(), DataJobFile.id)
    if state in FILE_STATES:
        query = query.where(FILE_STATES[state])
    found = paginate(db.session, query, page, per_page)
    return found.replaced(_placed(found.items))


def files_of(job_id: str) -> Sequence[JobFile]:
    """All files of a job, in the order in which they were added; two queries."""
    return _placed(db.session.scalars(_files(job_id).order_by(DataJobFile.id)).all())


def find_file(job_id: str, file_id: str) -> DataJobFile | None:
    """One file of a job with its record, as it is now."""
    query = _files(job_id).where(DataJobFile.file_id == file_id).execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def contents_of(file: DataJobFile) -> tuple[StoredFile | None, StoredFile | None]:
    """The original of a job's file, and the Markdown that there is of it; two queries. Markdown has no other original.

    A record may name a file that whoever handed it in may not see: it is never given.
    """
    record = file.record
    ids = [file.file_id, record.result_file_id if record else None]
    query = select(StoredFile).where(StoredFile.id.in_(ids), StoredFile.purpose.is_not(None))
    found = {stored.id: stored for stored in db.session.scalars(query)}
    original = found.get(file.file_id)
    if record is None:
        return None, original
    if original and not can_see(db.session.get_one(User, record.user_id), original.user_id):
        original = None
    return original, found.get(record.result_file_id or "")


def chosen_files(job_id: str, file_ids: Collection[str]) -> Sequence[DataJobFile]:
    """Those of these files that the job has, with their records as they are now; one query."""
    query = _files(job_id).where(DataJobFile.file_id.in_(file_ids)).order_by(DataJobFile.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def markdown_of(job_id: str) -> list[MarkdownFile]:
    """The Markdown of a job, in the order in which its files were added, under the names of the documents from which it
    was made; one query."""
    made_or_given = func.coalesce(FileRecord.result_file_id, DataJobFile.file_id)
    query = select(StoredFile.id, DataJobFile.name, StoredFile.size).select_from(DataJobFile)
    query = query.outerjoin(DataJobFile.record).join(StoredFile, StoredFile.id == made_or_given)
    is_usable = FILE_STATES["usable"]
    found = db.session.execute(query.where(DataJobFile.data_job_id == job_id, is_usable).order_by(DataJobFile.id))
    return [MarkdownFile(file_id, name, size) for file_id, name, size in found]


def created_times(job_id: str) -> dict[str, datetime]:
    """When the files of a job came into the library, by id; one query. Without those that weren't there for whoever
    added them: a file of someone else isn't told apart from one that is missing."""
    query = select(StoredFile.id, StoredFile.created_at).join(DataJobFile, DataJobFile.file_id == StoredFile.id)
    found = query.where(DataJobFile.data_job_id == job_id, DataJobFile.size.is_not(None))
    return dict(iter(db.session.execute(found)))


def counts_of(job_ids: Collection[str]) -> dict[str, FileCounts]:
    """How many files of each of these jobs are in which state; one query."""
    state = func.coalesce(FileRecord.status, READY)
    query = select(DataJobFile.data_job_id, state, func.count()).outerjoin(DataJobFile.record)
    query = query.where(DataJobFile.data_job_id.in_(job_ids)).group_by(DataJobFile.data_job_id, state)
    found: dict[str, dict[str, int]] = {job_id: {} for job_id in job_ids}
    for job_id, name, count in db.session.execute(query):
        found[job_id][name] = count
    return {job_id: FileCounts(**counts) for job_id, counts in found.items()}


def pace_of(job_id: str) -> float | None:
    """Files of a job per second that were converted, or failed to be, within the last minute; None without any."""
    now = utcnow()
    ended = func.coalesce(FileRecord.completed_at, FileRecord.failed_at)
    query = select(func.count(), func.min(FileRecord.processing_at)).where(
        FileRecord.data_job_id == job_id,
        FileRecord.deleted.is_(False),
        FileRecord.status.not_in(RECORD_ACTIVE),
        FileRecord.processing_at.is_not(None),
        ended > now - PACE_OVER,
    )
    count, began = db.session.execute(query).one()
    return count / max((now - began).total_seconds(), 1) if began else None


def queue_positions(record_ids: Collection[int]) -> dict[int, int]:
    """The places of these records in the queue of the whole portal, from 1; without those that don't wait there.

    What was cancelled, has failed or is being converted stands in no queue.
    """
    if not record_ids:
        return {}
    place = func.row_number().over(order_by=(FileRecord.queued_at, FileRecord.id))
    waiting = select(FileRecord.id, place.label("place"))
    queue = waiting.where(FileRecord.status == FileRecordStatus.QUEUED, FileRecord.deleted.is_(False)).subquery()
    found = db.session.execute(select(queue.c.id, queue.c.place).where(queue.c.id.in_(record_ids)))
    return {record_id: position for record_id, position in found}  # noqa: C416 - rows aren't plain pairs to mypy


def _files(job_id: str) -> Select[DataJobFile]:
    query = select(DataJobFile).outerjoin(DataJobFile.record).options(contains_eager(DataJobFile.record))
    return query.where(DataJobFile.data_job_id == job_id)


def _urgency() -> ColumnElement[int]:
    return case((FileRecord.status.in_(RECORD_OPEN), 0), (FileRecord.status.in_(RECORD_ACTIVE), 1), else_=2)


def _placed(files: Sequence[DataJobFile]) -> list[JobFile]:
    queued = [file.record.id for file in files if file.record and file.record.status == FileRecordStatus.QUEUED]
    positions = queue_positions(queued)
    return [JobFile(file, positions.get(file.record_id or 0)) for file in files]
