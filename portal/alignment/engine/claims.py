"""Claims on documents, some at a time, and on whole jobs for their last steps: each is one conditional UPDATE with a
lease that is renewed.

Whoever keeps something asks again for the terms of the claim, with the job's row locked: a worker that was taken for
dead, or whose job was cancelled meanwhile, changes nothing. That row is always locked first, so that no two can wait
for each other; SQLite's write lock is all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, select, tuple_, update
from sqlalchemy.exc import DBAPIError

from portal.alignment.engine.waiting import (
    AT_WORK,
    jobs_before_last_steps,
    jobs_out_of_date,
    jobs_with_waiting_sources,
    source_waits,
)
from portal.alignment.generating.pairs import Cancelled
from portal.alignment.models import AlignmentJob, AlignmentSource, AlignmentStep, StepKey
from portal.database import AnySession, utcnow, writing
from portal.leases import Claimant
from portal.lifecycle import AlignmentSourceStatus, AlignmentStatus, may_become, move

MOST_BYTES = 1 << 20
"""Bytes of documents that are taken at a time, but for one that is larger."""

FREE: dict[str, Any] = {"worker": None, "lease_expires_at": None}
"""What nobody holds has in the columns of a claim."""


@dataclass(frozen=True)
class SourceClaim:
    """A claim on one document. `attempt` tells this claim from an earlier one of the same worker."""

    source_id: int
    number: int
    file_id: str
    name: str
    size: int
    attempt: int


@dataclass(frozen=True)
class Batch:
    """Documents of one job that a worker has claimed at once."""

    job_id: int
    worker: str
    claims: tuple[SourceClaim, ...]


@dataclass(frozen=True)
class JobClaim:
    """A claim on a job for its last steps, or, of one that `is_complete`, for writing its files again."""

    job_id: int
    worker: str
    attempt: int
    is_complete: bool


def claim_sources(session: AnySession, by: Claimant, most: int) -> Batch | None:
    """Take the first documents that wait, of the first job that has such: `most` of them at most. None where none
    waits."""
    for job_id in session.scalars(jobs_with_waiting_sources()).all():
        with writing(session):
            claims = _take_sources(session, job_id, by, most)
        if claims:  # otherwise other workers were quicker
            return Batch(job_id, by.worker, claims)
    session.commit()
    return None


def claim_job(session: AnySession, by: Claimant) -> JobClaim | None:
    """Take the first job that waits for its last steps, or to have its files written again; None where none waits."""
    for waiting in (jobs_before_last_steps(), jobs_out_of_date()):
        for job_id in session.scalars(waiting).all():
            with writing(session):
                claim = _take_job(session, job_id, by, waiting)
            if claim is not None:
                return claim
    session.commit()
    return None


def lock(session: AnySession, job_id: int) -> AlignmentStatus | None:
    """Until the transaction ends nobody else changes the job or its documents; its status. References to it may be
    made."""
    query = select(AlignmentJob.status).where(AlignmentJob.id == job_id)
    return session.scalar(query.with_for_update(key_share=True))


def held(session: AnySession, batch: Batch) -> dict[int, SourceClaim]:
    """What of the batch is still claimed, by the ids of the documents; belongs into a write transaction. Raises
    Cancelled where nothing is to be kept any more."""
    is_running = lock(session, batch.job_id) == AlignmentStatus.RUNNING
    ids = set(session.scalars(select(AlignmentSource.id).where(*_is_held(batch)))) if is_running else set()
    if not ids:
        raise Cancelled
    return {claim.source_id: claim for claim in batch.claims if claim.source_id in ids}


def hold_job(session: AnySession, claim: JobClaim) -> None:
    """Lock the claimed job. Raises Cancelled where the claim is lost."""
    query = select(AlignmentJob.id).where(*_is_held_job(claim)).with_for_update(key_share=True)
    if session.scalar(query) is None:
        raise Cancelled


def is_job_lost(session: AnySession, claim: JobClaim) -> bool:
    """`is_lost` for a claimed job."""
    return _finds_nothing(session, select(AlignmentJob.id).where(*_is_held_job(claim)))


def is_lost(session: AnySession, batch: Batch) -> bool:
    """Whether there is no use in going on: the job was cancelled or deleted, or all was taken over. While the database
    is away nobody can say so, and what a language model has written isn't thrown away for that."""
    of_job = (AlignmentJob.id == AlignmentSource.alignment_job_id, AlignmentJob.status == AlignmentStatus.RUNNING)
    query = select(AlignmentSource.id).join(AlignmentJob, and_(*of_job)).where(*_is_held(batch)).limit(1)
    return _finds_nothing(session, query)


def release_job(session: AnySession, claim: JobClaim) -> None:
    """Give a job back, whatever has become of it."""
    is_ours = (AlignmentJob.worker == claim.worker, AlignmentJob.attempts == claim.attempt)
    with writing(session):
        session.execute(update(AlignmentJob).where(AlignmentJob.id == claim.job_id, *is_ours).values(**FREE))


def _take_sources(session: AnySession, job_id: int, by: Claimant, most: int) -> tuple[SourceClaim, ...]:
    if lock(session, job_id) not in AT_WORK:
        return ()
    columns = ("id", "number", "file_id", "name", "size", "attempts", "deaths", "done")
    waiting = select(*(getattr(AlignmentSource, column) for column in columns)).where(
        AlignmentSource.alignment_job_id == job_id, *source_waits()
    )
    rows = _portion(session.execute(waiting.order_by(AlignmentSource.number).limit(most)).all())
    if rows:
        _begin(session, job_id, undone=sum(row.done for row in rows))
        is_one = AlignmentSource.id.in_([row.id for row in rows])
        taken = update(AlignmentSource).where(is_one, may_become(AlignmentSource, AlignmentSourceStatus.RUNNING))
        values = {"worker": by.worker, "lease_expires_at": by.lease(), "done": 0, "pairs": 0, "refused": 0}
        running = {"status": AlignmentSourceStatus.RUNNING, "attempts": AlignmentSource.attempts + 1}
        session.execute(taken.values(**values, **running), execution_options={"synchronize_session": False})
    return tuple(SourceClaim(row.id, row.number, row.file_id, row.name, row.size, row.attempts + 1) for row in rows)


def _portion(rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """The first of them that are no larger than `MOST_BYTES` together. One with which a worker died stands alone, so
    that it takes no others with it."""
    chosen: list[Row[Any]] = []
    for row in rows:
        if chosen and (row.deaths or chosen[0].deaths or sum(one.size for one in chosen) + row.size > MOST_BYTES):
            break
        chosen.append(row)
    return chosen


def _begin(session: AnySession, job_id: int, *, undone: int) -> None:
    """Note that work has begun, and that so many bytes will be done again."""
    now = utcnow()
    move(session, AlignmentJob, job_id, AlignmentStatus.RUNNING, started_at=now, updated_at=now)
    step = update(AlignmentStep).where(
        AlignmentStep.alignment_job_id == job_id, AlignmentStep.key == StepKey.GENERATING
    )
    session.execute(step.where(AlignmentStep.started_at.is_(None)).values(started_at=now))
    if undone:
        session.execute(step.values(done=AlignmentStep.done - undone))


def _take_job(session: AnySession, job_id: int, by: Claimant, waiting: Select[int]) -> JobClaim | None:
    lock(session, job_id)
    if session.scalar(waiting.where(AlignmentJob.id == job_id)) is None:
        return None
    taken = {"worker": by.worker, "lease_expires_at": by.lease(), "attempts": AlignmentJob.attempts + 1}
    changed = update(AlignmentJob).where(AlignmentJob.id == job_id).values(taken)
    attempt, status = session.execute(changed.returning(AlignmentJob.attempts, AlignmentJob.status)).one()
    return JobClaim(job_id, by.worker, attempt, status == AlignmentStatus.COMPLETED)


def _finds_nothing(session: AnySession, query: Select[int]) -> bool:
    try:
        found = session.scalar(query)
        session.commit()
    except DBAPIError:
        session.rollback()
        return False
    return found is None


def _is_held(batch: Batch) -> tuple[ColumnElement[bool], ...]:
    attempts = tuple_(AlignmentSource.id, AlignmentSource.attempts)
    return (
        AlignmentSource.worker == batch.worker,
        AlignmentSource.status == AlignmentSourceStatus.RUNNING,
        attempts.in_([(claim.source_id, claim.attempt) for claim in batch.claims]),
    )


def _is_held_job(claim: JobClaim) -> tuple[ColumnElement[bool], ...]:
    return (
        AlignmentJob.id == claim.job_id,
        AlignmentJob.status == (AlignmentStatus.COMPLETED if claim.is_complete else AlignmentStatus.RUNNING),
        AlignmentJob.worker == claim.worker,
        AlignmentJob.attempts == claim.attempt,
    )
