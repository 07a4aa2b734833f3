"""Which files were handed in together, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, select

from portal.accounts.models import User
from portal.accounts.permissions import visible_to
from portal.datajobs.models import FileRecord, IngestionJob
from portal.extensions import db
from portal.lifecycle import FileRecordStatus
from portal.web.paging import Part, part


@dataclass
class IngestionOutcome:
    """What became of the files of an ingestion job: the statuses of their records, and the ids of the files that were
    made of them, in the order in which they were handed in."""

    statuses: set[FileRecordStatus] = field(default_factory=set)
    result_file_ids: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, records: Iterable[FileRecord]) -> IngestionOutcome:
        """That of a job with these records."""
        outcome = cls()
        for record in records:
            outcome.note(record.status, record.result_file_id)
        return outcome

    def note(self, status: FileRecordStatus, result_file_id: str | None) -> None:
        """Take one record into account."""
        self.statuses.add(status)
        if result_file_id:
            self.result_file_ids.append(result_file_id)


def ingestion_jobs_part(user: User, *, limit: int, offset: int) -> Part[IngestionJob]:
    """The ingestion jobs that `user` may see, the newest first; two queries."""
    query = _visible(user).order_by(IngestionJob.created_at.desc(), IngestionJob.id)
    return part(db.session, query, limit, offset)


def visible_ingestion_job(user: User, ingestion_job_id: str) -> IngestionJob | None:
    """The ingestion job, if `user` may see it."""
    return db.session.scalars(_visible(user).where(IngestionJob.id == ingestion_job_id)).one_or_none()


def ingestion_job_of_record(record_id: int) -> IngestionJob | None:
    """The ingestion job that a record belongs to."""
    query = select(IngestionJob).join(FileRecord, FileRecord.ingestion_job_id == IngestionJob.id)
    return db.session.scalars(query.where(FileRecord.id == record_id)).one_or_none()


def ingestion_jobs_of(job_id: str) -> Sequence[IngestionJob]:
    """The ingestion jobs of a data job, the oldest first."""
    query = select(IngestionJob).where(IngestionJob.data_job_id == job_id)
    return db.session.scalars(query.order_by(IngestionJob.created_at, IngestionJob.id)).all()


def outcomes_of(ingestion_job_ids: Collection[str]) -> dict[str, IngestionOutcome]:
    """What became of the files of each of these ingestion jobs; one query."""
    found = {ingestion_job_id: IngestionOutcome() for ingestion_job_id in ingestion_job_ids}
    query = select(FileRecord.ingestion_job_id, FileRecord.status, FileRecord.result_file_id)
    query = query.where(FileRecord.ingestion_job_id.in_(ingestion_job_ids), FileRecord.deleted.is_(False))
    for ingestion_job_id, status, result_file_id in db.session.execute(query.order_by(FileRecord.id)):
        found[ingestion_job_id].note(status, result_file_id)
    return found


def records_of(ingestion_job_id: str) -> Sequence[FileRecord]:
    """The records of an ingestion job, in the order in which the files were handed in."""
    query = select(FileRecord).where(FileRecord.ingestion_job_id == ingestion_job_id, FileRecord.deleted.is_(False))
    return db.session.scalars(query.order_by(FileRecord.id)).all()


def _visible(user: User) -> Select[IngestionJob]:
    return select(IngestionJob).where(visible_to(user, IngestionJob.user_id))
