"""Retrying what failed and cancelling what waits or runs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from portal import timeline
from portal.accounts.models import User
from portal.database import utcnow
from portal.datajobs import tasks
from portal.datajobs.engine import milestones
from portal.datajobs.models import FileRecord
from portal.datajobs.operations.changing import changing
from portal.datajobs.operations.files import checked_method
from portal.datajobs.operations.queueing import lock_jobs, queue_again
from portal.datajobs.operations.taking_out import STOPPED
from portal.datajobs.wording import listing
from portal.errors import BadInput, NothingToDo, WrongState
from portal.extensions import db
from portal.idempotency import Once
from portal.lifecycle import RECORD_ACTIVE, RECORD_OPEN, FileRecordStatus, may_become

CANCELLED_WORDS = {
    "error_key": "cancelled",
    "error_message": "The conversion was cancelled.",
    "suggested_fix": "Retry it, or remove the file.",
}


def retry_files(
    job_id: str,
    *,
    actor: User,
    record_ids: Sequence[int] | None = None,
    method: str | None = None,
    once: Once | None = None,
) -> list[str]:
    """Queue records of the job again that failed or were cancelled: the chosen ones, or all. With `method` they are
    converted in that way from now on. Returns the names of their files.

    Raises NotFound for the job, BadInput where a chosen record isn't such a one, NothingToDo without any; StartedBefore
    where a request that is the same `once` retried them already.
    """
    chosen = checked_method(method) if method else None
    with changing(job_id, actor):
        if once:
            once.check(db.session)
        records = _records(job_id, RECORD_OPEN)
        if record_ids is not None:
            records = _chosen(records, record_ids)
        if not records:
            raise NothingToDo("No file of this data job has failed.", fix="There is nothing to retry.")
        if once:
            once.claim(db.session, records[0].id)
        queue_again(records, chosen)
        names = [record.filename for record in records]
        message = f"{listing(names)} queued again."
        ids = [record.public_id for record in records]
        timeline.record(db.session, "data_job", job_id, "File Retried", message, actor=actor, record_ids=ids)
    tasks.wake(len(names))
    return names


def cancel_processing(job_id: str, *, actor: User) -> list[str]:
    """Stop converting: what waits no longer does, what runs is ended within a second. What was converted stays. Returns
    the names of the files that were stopped. Raises NotFound, WrongState where nothing waits or runs."""
    with changing(job_id, actor):
        records = _records(job_id, RECORD_ACTIVE)
        lock_jobs(records)
        stopped = update(FileRecord).where(
            FileRecord.id.in_([record.id for record in records]), may_become(FileRecord, FileRecordStatus.CANCELLED)
        )
        values = {**STOPPED, **CANCELLED_WORDS, "failed_at": utcnow()}
        names = list(db.session.scalars(stopped.values(values).returning(FileRecord.filename)))
        if not names:
            raise WrongState("No file of this data job is waiting or being converted, so nothing can be cancelled.")
        message = f"{listing(names)} stopped."
        timeline.record(db.session, "data_job", job_id, "File Processing Cancelled", message, actor=actor)
        for ingestion_job_id in sorted({record.ingestion_job_id for record in records}):
            milestones.note_end(db.session, ingestion_job_id)
    return names


def _records(job_id: str, statuses: frozenset[FileRecordStatus]) -> list[FileRecord]:
    query = select(FileRecord).where(FileRecord.data_job_id == job_id, FileRecord.status.in_(statuses))
    query = query.where(FileRecord.deleted.is_(False)).order_by(FileRecord.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _chosen(records: Sequence[FileRecord], record_ids: Sequence[int]) -> list[FileRecord]:
    by_id = {record.id: record for record in records}
    if missing := [record_id for record_id in record_ids if record_id not in by_id]:
        words = [f"rec-{record_id} has not failed, or isn't in this data job." for record_id in missing[:20]]
        raise BadInput("Not all chosen files have failed.", errors={"record_ids": words})
    return [by_id[record_id] for record_id in record_ids]
