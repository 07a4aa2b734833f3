"""Putting records into the queue again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from portal.database import utcnow
from portal.datajobs.engine import milestones
from portal.datajobs.models import FileRecord, IngestionJob
from portal.documents.methods import Method
from portal.extensions import db
from portal.lifecycle import FileRecordStatus, may_become


def queue_again(records: Sequence[FileRecord], method: Method | None = None) -> None:
    """Queue records that wait for a person, at the end of the queue, with another method where one is given. Belongs
    into the transaction that changes their job."""
    now, values = utcnow(), {"method": method} if method else {}
    lock_jobs(records)
    is_one = FileRecord.id.in_([record.id for record in records])
    changed = update(FileRecord).where(
        is_one,
        FileRecord.deleted.is_(False),
        may_become(FileRecord, FileRecordStatus.QUEUED, [FileRecordStatus.FAILED, FileRecordStatus.CANCELLED]),
    )
    db.session.execute(changed.values(**QUEUED, queued_at=now, **values))
    db.session.scalars(select(FileRecord).where(is_one), execution_options={"populate_existing": True}).all()
    _reopen({record.ingestion_job_id for record in records})


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
