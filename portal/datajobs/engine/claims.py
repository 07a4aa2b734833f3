"""Claims on file records: the first in the queue is taken by one conditional UPDATE, with a lease that is renewed.

Whoever settles a record repeats the claim's terms (`fenced`): a worker that was taken for dead, or whose record was
cancelled or removed meanwhile, changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, Update, select, update

from portal.database import AnySession, utcnow, writing
from portal.datajobs.engine import milestones
from portal.datajobs.models import FileRecord
from portal.leases import Claimant
from portal.lifecycle import FileRecordStatus, may_become


@dataclass(frozen=True)
class Claim:
    """A claim on one record. `attempt` tells this claim from an earlier one of the same worker."""

    record_id: int
    worker: str
    attempt: int


def claim_next(session: AnySession, by: Claimant) -> Claim | None:
    """Take the record that has waited longest; None when none waits."""
    while (record_id := session.scalar(_waiting())) is not None:
        with writing(session):
            claim = _take(session, record_id, by)
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
    """Whether there is no use in going on: the record was cancelled, removed, or taken over."""
    held = select(FileRecord.id).where(*fenced(claim).whereclause.clauses)  # type: ignore[union-attr]
    lost = session.scalar(held) is None
    session.commit()
    return lost


def _waiting() -> Select[int]:
    query = select(FileRecord.id).where(
        FileRecord.status == FileRecordStatus.QUEUED,
        FileRecord.deleted.is_(False),
        FileRecord.queued_at <= utcnow(),
    )
    return query.order_by(FileRecord.queued_at, FileRecord.id).limit(1)


def _take(session: AnySession, record_id: int, by: Claimant) -> Claim | None:
    milestones.lock_job_of(session, record_id)
    taken = session.execute(
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
        .returning(FileRecord.attempts, FileRecord.ingestion_job_id)
    ).one_or_none()
    if taken is None:
        return None
    attempt, ingestion_job_id = taken
    milestones.note_start(session, ingestion_job_id)
    return Claim(record_id, by.worker, attempt)
