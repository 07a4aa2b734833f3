"""What an ingestion job adds to the timeline of its data job: that it has started, that a file failed, that it ended.

Each belongs into the transaction in which it happens, and is said once: whoever sets the mark on the job says it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, func, select, update

from portal import timeline
from portal.database import AnySession, utcnow
from portal.datajobs.models import DataJob, FileRecord, IngestionJob
from portal.datajobs.statuses import ingestion_job_status
from portal.lifecycle import IngestionJobStatus


def note_start(session: AnySession, ingestion_job_id: str) -> None:
    """Say that the first file of an ingestion job is being converted, unless that was said before."""
    if _mark(session, ingestion_job_id, IngestionJob.started_at.is_(None), started_at=utcnow(), finished_at=None):
        job = session.get_one(IngestionJob, ingestion_job_id)
        _say(session, job, "File Processing Started", "Started processing files.", IngestionJobStatus.RUNNING)


def note_failure(session: AnySession, record: FileRecord) -> None:
    """Say that a file couldn't be converted."""
    if record.data_job_id:
        timeline.record(
            session,
            "data_job",
            record.data_job_id,
            "File Failed",
            f"{record.filename}: {record.error_message}",
            ingestion_job_id=record.ingestion_job_id,
            record_id=record.public_id,
            error=record.error_key,
        )


def note_end(session: AnySession, ingestion_job_id: str) -> None:
    """Say that an ingestion job has ended, if nothing in it is queued or running any more and that wasn't said before.

    The job must be locked (`lock`) before any record is changed.
    """
    job = session.get(IngestionJob, ingestion_job_id)
    statuses = _statuses(session, ingestion_job_id)
    if job is None or not (statuses or job.started_at):
        return  # all of it was taken out before it began
    status = ingestion_job_status(statuses)
    if status in (IngestionJobStatus.QUEUED, IngestionJobStatus.RUNNING):
        return
    if _mark(session, ingestion_job_id, IngestionJob.finished_at.is_(None), finished_at=utcnow(), started_at=None):
        _say(session, job, "File Processing Completed", "Finished processing files.", status)


def lock(session: AnySession, ingestion_job_id: str) -> None:
    """Until the transaction ends nobody else settles records of this job: of two workers that settle its last two at
    once, the second must see the first one's.

    Locks are always taken in this order: data job, ingestion job, record. Two that took them in another order could
    wait for each other for ever. They leave references to what is locked alone. SQLite's write lock is all of them.
    """
    if session.connection().dialect.name == "sqlite":
        return
    data_job_id = session.scalar(select(IngestionJob.data_job_id).where(IngestionJob.id == ingestion_job_id))
    for model, row_id in ((DataJob, data_job_id), (IngestionJob, ingestion_job_id)):
        session.execute(select(model.id).where(model.id == row_id).with_for_update(key_share=True)).all()


def lock_job_of(session: AnySession, record_id: int) -> None:
    """`lock` for the job that a record belongs to."""
    ingestion_job_id = session.scalar(select(FileRecord.ingestion_job_id).where(FileRecord.id == record_id))
    if ingestion_job_id is not None:
        lock(session, ingestion_job_id)


def touch(session: AnySession, data_job_id: str | None) -> None:
    """Note that something of a data job has changed."""
    if data_job_id:
        session.execute(update(DataJob).where(DataJob.id == data_job_id).values(updated_at=utcnow()))


def _mark(session: AnySession, ingestion_job_id: str, condition: Any, **values: Any) -> bool:
    result = session.execute(
        update(IngestionJob).where(IngestionJob.id == ingestion_job_id, condition).values(updated_at=utcnow(), **values)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1


def _say(session: AnySession, job: IngestionJob, event_type: str, message: str, status: IngestionJobStatus) -> None:
    if job.data_job_id:
        details = {"ingestion_job_id": job.id, "status": status, "record_count": _count(session, job.id)}
        timeline.record(session, "data_job", job.data_job_id, event_type, message, **details)


def _statuses(session: AnySession, ingestion_job_id: str) -> list[Any]:
    query = select(FileRecord.status).where(FileRecord.ingestion_job_id == ingestion_job_id)
    return list(session.scalars(query.where(FileRecord.deleted.is_(False)).distinct()))


def _count(session: AnySession, ingestion_job_id: str) -> int:
    query = select(func.count()).where(FileRecord.ingestion_job_id == ingestion_job_id)
    return session.scalar(query.where(FileRecord.deleted.is_(False))) or 0
