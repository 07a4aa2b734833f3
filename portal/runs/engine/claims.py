"""Claims on runs and their chunks: each is one conditional UPDATE and a lease that is renewed (`portal.leases`).

Whoever settles a claimed chunk repeats the claim's terms in that UPDATE (`fenced`), so that a worker that was
taken for dead, while it was only slow, can't settle what another has taken over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Result, Update, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from portal import leases
from portal.database import AnySession, writing
from portal.leases import Claimant, has_run_out
from portal.lifecycle import RUN_FINISHED, ChunkStatus, RunStatus
from portal.runs.models import IngestChunk, IngestRun

MAX_ATTEMPTS = 25
"""How often a piece of work is tried before its run gives up: workers may die many times for no fault of it."""


@dataclass(frozen=True)
class Claim:
    """A claim on one chunk. `attempt` tells this claim from an earlier one of the same worker."""

    chunk_id: int
    chunk_number: int
    run_id: int
    storage_key: str
    wave: int
    worker: str
    attempt: int


def claim_chunk(session: AnySession, chunk_id: int, by: Claimant) -> Claim | None:
    """Take the chunk if it is free and its turn has come; None when it isn't, which is no error."""
    # Most tasks find that their chunk was taken along by `claim_next`: those needn't wait for their turn to write.
    if session.scalar(select(IngestChunk.id).where(IngestChunk.id == chunk_id, _is_free(by))) is None:
        return None
    with writing(session):
        return _take(session, chunk_id, by)


def claim_next(session: AnySession, run_id: int, by: Claimant) -> Claim | None:
    """Take the first chunk of the run that waits for anyone; belongs into the write transaction that settles the
    one before. A claim of its own would wait until the other workers have written."""
    waiting = select(IngestChunk.id).where(
        IngestChunk.run_id == run_id, IngestChunk.status == ChunkStatus.PENDING, _turn_has_come()
    )
    # Where workers write at the same time, each leaves to the others what they are about to take.
    first = waiting.order_by(IngestChunk.number).limit(1).with_for_update(of=IngestChunk, skip_locked=True)
    chunk_id = session.scalar(first)
    return None if chunk_id is None else _take(session, chunk_id, by)


def _take(session: AnySession, chunk_id: int, by: Claimant) -> Claim | None:
    taken = session.execute(
        update(IngestChunk)
        .where(IngestChunk.id == chunk_id, _is_free(by), _turn_has_come(), _run_goes_on())
        .values(
            status=ChunkStatus.PROCESSING,
            worker=by.worker,
            lease_expires_at=by.lease(),
            attempts=IngestChunk.attempts + 1,
        )
        .returning(
            IngestChunk.number, IngestChunk.run_id, IngestChunk.storage_key, IngestChunk.wave, IngestChunk.attempts
        )
    ).one_or_none()
    if taken is None:
        return None
    number, run_id, storage_key, wave, attempt = taken
    return Claim(chunk_id, number, run_id, storage_key, wave, by.worker, attempt)


def _is_free(by: Claimant) -> ColumnElement[bool]:
    return or_(
        IngestChunk.status == ChunkStatus.PENDING,
        and_(IngestChunk.status == ChunkStatus.PROCESSING, has_run_out(IngestChunk, by)),
    )


def fenced(claim: Claim) -> Update:
    """The beginning of an UPDATE of the claimed chunk that changes nothing once the claim is lost."""
    return update(IngestChunk).where(
        IngestChunk.id == claim.chunk_id,
        IngestChunk.status == ChunkStatus.PROCESSING,
        IngestChunk.worker == claim.worker,
        IngestChunk.attempts == claim.attempt,
    )


def release_chunk(session: AnySession, claim: Claim) -> bool:
    """Give the chunk back undone; False when the claim was lost before."""
    with writing(session):
        freed = {"status": ChunkStatus.PENDING, "worker": None, "lease_expires_at": None}
        return _changed(session.execute(fenced(claim).values(freed)))


def claim_staging(session: AnySession, run_id: int, by: Claimant) -> int | None:
    """Take the staging of a run if nobody is at it and it isn't done; returns which attempt it is, or None."""
    is_open = IngestRun.status.in_([RunStatus.PENDING, RunStatus.PROCESSING])
    return _take_run(session, run_id, and_(is_open, IngestRun.staged_at.is_(None)), by)


def claim_writing(session: AnySession, run_id: int, by: Claimant) -> int | None:
    """Take the writing of an all-or-nothing run that is checked, if nobody is at it; returns which attempt it is."""
    waits = and_(IngestRun.status == RunStatus.PROCESSING, IngestRun.checked_at.is_not(None))
    return _take_run(session, run_id, waits, by)


def claim_after_run(session: AnySession, run_id: int, by: Claimant) -> int | None:
    """Take the call of `after_run` of a run that has ended, if nobody is at it; returns which attempt it is."""
    return _take_run(session, run_id, and_(IngestRun.status.in_(RUN_FINISHED), IngestRun.after_run_due), by)


def _take_run(session: AnySession, run_id: int, waits: ColumnElement[bool], by: Claimant) -> int | None:
    free = or_(IngestRun.worker.is_(None), has_run_out(IngestRun, by))
    taken = {"worker": by.worker, "lease_expires_at": by.lease(), "attempts": IngestRun.attempts + 1}
    with writing(session):
        return session.scalar(
            update(IngestRun).where(IngestRun.id == run_id, waits, free).values(taken).returning(IngestRun.attempts)
        )


def release_run(session: AnySession, run_id: int, worker: str) -> bool:
    """Give back what `worker` has claimed of a run; belongs into a write transaction. False when the claim was lost."""
    result = session.execute(
        update(IngestRun)
        .where(IngestRun.id == run_id, IngestRun.worker == worker)
        .values(worker=None, lease_expires_at=None)
    )
    return _changed(result)


def renew_leases(session: AnySession, by: Claimant) -> None:
    """Extend the claims of `by`, which is this process, on what it works on."""
    for model in (IngestChunk, IngestRun):
        leases.renew(session, model, by)


def _changed(result: Result[Any]) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1


def _turn_has_come() -> ColumnElement[bool]:
    earlier = aliased(IngestChunk)
    waits = exists().where(
        earlier.run_id == IngestChunk.run_id,
        earlier.wave < IngestChunk.wave,
        earlier.status != ChunkStatus.DONE,
    )
    staged = exists().where(IngestRun.id == IngestChunk.run_id, IngestRun.staged_at.is_not(None))
    return or_(IngestChunk.wave == 0, and_(staged, ~waits))


def _run_goes_on() -> ColumnElement[bool]:
    return select(IngestRun.status).where(IngestRun.id == IngestChunk.run_id).scalar_subquery() == (
        RunStatus.PROCESSING
    )
