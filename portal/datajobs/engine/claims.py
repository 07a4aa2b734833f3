"""Claims on file records: the first in the queue is taken by one conditional UPDATE, with a lease that is renewed.

Whoever settles a record repeats the claim's terms (`fenced`): a worker that was taken for dead, or whose record was
cancelled or removed meanwhile, changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, Update, or_, select, update
from sqlalchemy.exc import DBAPIError

from portal.database import AnySession, utcnow, writing
from portal.datajobs.engine import milestones
from portal.datajobs.models import FileRecord
from portal.leases import Claimant
from portal.lifecycle import FileRecordStatus, may_become

LONGEST_PAUSE = timedelta(minutes=2)
"""No record is put off for longer."""


@dataclass(frozen=True)
class Claim:
    """A claim on one record. `attempt` tells this claim from an earlier one of the same worker."""

    record_id: int
    ingestion_job_id: str
    worker: str
    attempt: int


def claim_next(session: AnySession, by: Claimant) -> Claim | None:
    """Take the record that has waited longest; None when none waits."""
    while (waiting := session.execute(_first_waiting()).first()) is not None:
        record_id, ingestion_job_id = waiting
        with writing(session):
            claim = _take(session, record_id, ingestion_job_id, by)
        if claim is not None:  # otherwise another worker was quicker, and the next in the queue may be free
            return claim
    session.commit()
    return None


def fenced(claim: Claim) -> Update:
    """The beginning of an UPDATE of the claimed record that changes nothing once the claim is lost."""
    return update(FileRecord).where(
        FileRecord.id == claim.record_id,
        FileRecord.status == FileRecordStatus.RUNNING,
        FileRecord.deleted.is_(False),
        FileRecord.worker == claim.worker,
        FileRecord.attempts == claim.attempt,
    )


def is_lost(session: AnySession, claim: Claim) -> bool:
    """Whether there is no use in going on: the record was cancelled, removed, or taken over. While the database is
    away nobody can say so, and a conversion that takes minutes isn't thrown away for that."""
    held = select(FileRecord.id).where(*fenced(claim).whereclause.clauses)  # type: ignore[union-attr]
    try:
        lost = session.scalar(held) is None
        session.commit()
    except DBAPIError:
        session.rollback()
        return False
    return lost


def is_waiting(since: timedelta = timedelta(0)) -> tuple[ColumnElement[bool], ...]:
    """Whether a record waits for a worker, and has waited for so long. One that is put off for longer than any can be
    was so before the clock was set back: it waits, too."""
    now = utcnow()
    is_due = or_(FileRecord.queued_at <= now - since, FileRecord.queued_at > now + LONGEST_PAUSE)
    return FileRecord.status == FileRecordStatus.QUEUED, FileRecord.deleted.is_(False), is_due


def _first_waiting() -> Select[int, str]:
    query = select(FileRecord.id, FileRecord.ingestion_job_id).where(*is_waiting())
    return query.order_by(FileRecord.queued_at, FileRecord.id).limit(1)


def _take(session: AnySession, record_id: int, ingestion_job_id: str, by: Claimant) -> Claim | None:
    milestones.lock(session, ingestion_job_id)
    attempt = session.scalar(
        update(FileRecord)
        .where(FileRecord.id == record_id, may_become(FileRecord, FileRecordStatus.RUNNING))
        .values(
            status=FileRecordStatus.RUNNING,
            worker=by.worker,
            lease_expires_at=by.lease(),
            attempts=FileRecord.attempts + 1,
            processing_at=utcnow(),
            completed_at=None,
            failed_at=None,
        )
        .returning(FileRecord.attempts)
    )
    if attempt is None:
        return None
    milestones.note_start(session, ingestion_job_id)
    return Claim(record_id, ingestion_job_id, by.worker, attempt)
