"""Recovery: work whose worker is gone, or that the queue has lost, goes back into the queue.

Every worker does this at its start and every few seconds. It is safe to do at any time and by many at once: it
only ever frees claims that have run out and enqueues again what is still to be done.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from portal import leases
from portal.database import utcnow, writing
from portal.lifecycle import RUN_ACTIVE, RUN_FINISHED, ChunkStatus, RunStatus
from portal.runs.engine import finishing
from portal.runs.engine.context import Context
from portal.runs.models import IngestChunk, IngestRun

log = logging.getLogger(__name__)

PAUSE = timedelta(seconds=5)
"""How long work lies before it is enqueued again while the queue is empty."""

PATIENCE = timedelta(seconds=60)
"""The same while the queue has entries, of which it may be one."""


def recover(context: Context, *, gone_workers: Collection[str], queue_is_empty: bool) -> None:
    """Free what `gone_workers` held and what has outlived its lease; enqueue what waits for nobody."""
    _free(context, gone_workers)
    _enqueue_again(context, PAUSE if queue_is_empty else PATIENCE)
    for run_id in _runs_to_settle(context):
        try:
            finishing.settle(context, run_id)
        except Exception:  # one run that can't be settled must not keep the others waiting
            log.exception("Run %s can't be settled", run_id)
            context.session.rollback()


def _free(context: Context, gone_workers: Collection[str]) -> None:
    session, now = context.session, utcnow()
    for model in (IngestChunk, IngestRun):
        held = select(model.id).where(leases.is_lost(model, context.by, list(gone_workers)))
        if not session.scalars(held).all():
            continue
        freed: dict[str, Any] = {"worker": None, "lease_expires_at": None}
        if model is IngestChunk:
            freed |= {"status": ChunkStatus.PENDING, "enqueued_at": now - PATIENCE}
        else:
            freed |= {"enqueued_at": now - PATIENCE}
        with writing(session):
            # What is locked is being settled by someone who is alive after all.
            ids = session.scalars(held.with_for_update(skip_locked=True)).all()
            session.execute(update(model).where(model.id.in_(ids)).values(freed))


def _enqueue_again(context: Context, pause: timedelta) -> None:
    """The waiting time of what is enqueued starts anew, so that the queue doesn't fill with copies."""
    session, before = context.session, utcnow() - pause
    active = select(IngestRun.id).where(IngestRun.status == RunStatus.PROCESSING)
    chunks = select(IngestChunk.id).where(
        IngestChunk.run_id.in_(active),
        IngestChunk.status == ChunkStatus.PENDING,
        _lies_since(before, IngestChunk),
    )
    runs = select(IngestRun.id).where(
        IngestRun.status.in_([RunStatus.PENDING, RunStatus.PROCESSING]),
        IngestRun.staged_at.is_(None),
        IngestRun.worker.is_(None),
        or_(IngestRun.enqueued_at.is_(None), _lies_since(before, IngestRun)),
    )
    last_steps = select(IngestRun.id).where(
        or_(
            and_(IngestRun.status == RunStatus.PROCESSING, IngestRun.checked_at.is_not(None)),
            and_(IngestRun.status.in_(RUN_FINISHED), IngestRun.after_run_due),
        ),
        IngestRun.worker.is_(None),
        IngestRun.enqueued_at <= before,
    )
    for model, query, enqueue in (
        (IngestRun, runs, context.enqueue_staging),
        (IngestRun, last_steps, context.enqueue_last_step),
        (IngestChunk, chunks, context.enqueue_chunk),
    ):
        waiting = list(session.scalars(query))
        if waiting:
            with writing(session):
                session.execute(update(model).where(model.id.in_(waiting)).values(enqueued_at=utcnow()))
            for work_id in waiting:
                enqueue(work_id)


def _lies_since(before: datetime, model: type[IngestChunk] | type[IngestRun]) -> ColumnElement[bool]:
    """Whether it was enqueued `before`; or so far in the future that the clock must have been set back since."""
    return or_(model.enqueued_at <= before, model.enqueued_at > utcnow() + PATIENCE)


def _runs_to_settle(context: Context) -> list[int]:
    query = select(IngestRun.id).where(IngestRun.status.in_(RUN_ACTIVE - {RunStatus.PENDING}))
    return list(context.session.scalars(query))
