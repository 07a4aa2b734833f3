"""Putting records into the queue again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from portal.database import utcnow
from portal.datajobs.engine import milestones
from portal.datajobs.models import FileRecord, IngestionJob
from portal.documents.methods import Method
from portal.extensions import db
from portal.lifecycle import FileRecordStatus, may_become


def queue_again(records: Sequence[FileRecord], method: Method | None = None) -> list[int]:
    """Queue records that wait for a person, at the end of the queue, with another method where one is given; returns
    the ids of those that were queued. Belongs into the transaction that changes their job."""
    now = utcnow()
    values = {"method": method} if method else {}
    lock_jobs(records)
    changed = update(FileRecord).where(
        FileRecord.id.in_([record.id for record in records]),
        FileRecord.deleted.is_(False),
        may_become(FileRecord, FileRecordStatus.QUEUED, [FileRecordStatus.FAILED, FileRecordStatus.CANCELLED]),
    )
    queued = db.session.scalars(changed.values(**QUEUED, queued_at=now, **values).returning(FileRecord.id)).all()
    for record in records:
        db.session.refresh(record)
    _reopen({record.ingestion_job_id for record in records})
    return list(queued)


QUEUED = {
    "status": FileRecordStatus.QUEUED,
    "error_key": None,
    "error_message": None,
    "suggested_fix": None,
    "processing_at": None,
    "completed_at": None,
    "failed_at": None,
    "deaths": 0,
    "pauses": 0,
}
"""What a record has that has just been queued."""


def lock_jobs(records: Sequence[FileRecord]) -> None:
    """Lock the ingestion jobs of records before these are changed, in one order, since two that lock several of them
    could else wait for each other."""
    for ingestion_job_id in sorted({record.ingestion_job_id for record in records}):
        milestones.lock(db.session, ingestion_job_id)


def _reopen(ingestion_job_ids: set[str]) -> None:
    """Its start and its end are said anew. One that is still at work has said its start."""
    ended = update(IngestionJob).where(IngestionJob.id.in_(ingestion_job_ids), IngestionJob.finished_at.is_not(None))
    db.session.execute(ended.values(started_at=None, finished_at=None, updated_at=utcnow()))
