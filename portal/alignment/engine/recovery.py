"""Recovery: documents and jobs whose worker is gone, or that the queue has lost, are taken up again.

As with runs, it is safe at any time and by many at once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update

from portal.alignment.engine import settling
from portal.alignment.engine.claims import FREE, lock
from portal.alignment.engine.clearing import ended_with_pairs
from portal.alignment.engine.context import Context
from portal.alignment.engine.handing_over import keys_of, remove_unwanted
from portal.alignment.engine.waiting import jobs_before_last_steps, jobs_out_of_date, jobs_with_waiting_sources
from portal.alignment.models import AlignmentJob, AlignmentSource
from portal.database import AnySession, utcnow, writing
from portal.leases import is_lost
from portal.lifecycle import AlignmentSourceStatus, AlignmentStatus, may_become
from portal.worker_folders import clear_up

MOST_DEATHS = 10
"""So many workers may die with a document or a job in hand before it counts as the cause: they may die for no fault of
it."""

UNNOTICED = timedelta(seconds=2)
"""What has waited for longer may have been lost by the queue, or has just ended a pause. Where it waits because all are
busy, to ask costs a moment."""

MOST_WOKEN = 8
"""So many jobs that wait are looked for: others are found by who has done with these."""


def recover(context: Context, *, gone_workers: Collection[str]) -> None:
    """Take up what `gone_workers` held and what has outlived its lease; wake workers where something waits."""
    gone = list(gone_workers)
    for job_id in context.session.scalars(_jobs_with_lost_sources(context, gone)).all():
        _take_up_sources(context, job_id, gone)
    for job_id in context.session.scalars(select(AlignmentJob.id).where(is_lost(AlignmentJob, context.by, gone))).all():
        _take_up_job(context, job_id, gone)
    clear_up(context.folder, gone_workers)
    _queue_pending(context.session)
    if waiting := _count_waiting(context.session):
        context.wake(waiting)


def _jobs_with_lost_sources(context: Context, gone: list[str]) -> Any:
    lost = select(AlignmentSource.alignment_job_id).where(is_lost(AlignmentSource, context.by, gone))
    return lost.distinct().order_by(AlignmentSource.alignment_job_id)


def _take_up_sources(context: Context, job_id: int, gone: list[str]) -> None:
    session = context.session
    with writing(session):
        lock(session, job_id)
        is_ours = AlignmentSource.alignment_job_id == job_id, is_lost(AlignmentSource, context.by, gone)
        freed = update(AlignmentSource).where(*is_ours, may_become(AlignmentSource, AlignmentSourceStatus.QUEUED))
        values = {"status": AlignmentSourceStatus.QUEUED, "deaths": AlignmentSource.deaths + 1, **FREE}
        columns = AlignmentSource.name, AlignmentSource.deaths
        options = {"synchronize_session": False}
        taken = session.execute(freed.values(values).returning(*columns), execution_options=options).all()
        if cause := next((name for name, deaths in taken if deaths >= MOST_DEATHS), None):
            settling.fail(session, job_id, **_words(f"Making pairs of {cause}"))


def _take_up_job(context: Context, job_id: int, gone: list[str]) -> None:
    session = context.session
    with writing(session):
        lock(session, job_id)
        freed = update(AlignmentJob).where(AlignmentJob.id == job_id, is_lost(AlignmentJob, context.by, gone))
        values = {"deaths": AlignmentJob.deaths + 1, **FREE}
        taken = session.execute(
            freed.values(values).returning(AlignmentJob.attempts, AlignmentJob.deaths)
        ).one_or_none()
        if taken is not None and taken.deaths >= MOST_DEATHS:
            settling.fail(session, job_id, **_words("Writing the files"))
    if taken is not None:
        remove_unwanted(session, context.storage, keys_of(job_id, taken.attempts))


def _words(what: str) -> dict[str, str]:
    message = f"{what} was broken off {MOST_DEATHS} times, each time with the end of the worker that was at it."
    return {"error_message": message, "suggested_fix": "Ask your administrator whether workers run out of memory."}


def _queue_pending(session: AnySession) -> None:
    """Whoever added them died before they could tell the workers."""
    now = utcnow()
    # One that was added later than now was so before the clock was set back.
    is_forgotten = or_(AlignmentJob.created_at < now - UNNOTICED, AlignmentJob.created_at > now)
    pending = (AlignmentJob.status == AlignmentStatus.PENDING, is_forgotten)
    if session.scalar(select(AlignmentJob.id).where(*pending).limit(1)) is not None:
        with writing(session):
            session.execute(update(AlignmentJob).where(*pending).values(status=AlignmentStatus.QUEUED))


def _count_waiting(session: AnySession) -> int:
    """How many workers there is work for, as far as that matters."""
    has_sources = session.scalar(jobs_with_waiting_sources(UNNOTICED).limit(1)) is not None
    others = [
        session.scalars(query(UNNOTICED).limit(MOST_WOKEN)).all()
        for query in (jobs_before_last_steps, jobs_out_of_date)
    ]
    others.append(session.scalars(ended_with_pairs().limit(1)).all())  # one worker clears up after all of them
    return MOST_WOKEN if has_sources else min(sum(map(len, others)), MOST_WOKEN)
