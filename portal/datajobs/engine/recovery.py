"""Recovery: records whose worker is gone, or that the queue has lost, are taken up again.

As with runs, it is safe at any time and by many at once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select, update

from portal.database import AnySession, utcnow, writing
from portal.datajobs.engine import milestones, settling
from portal.datajobs.engine.claims import is_waiting
from portal.datajobs.engine.context import Context
from portal.datajobs.models import FileRecord
from portal.documents.failures import INTERNAL
from portal.leases import is_lost
from portal.lifecycle import FileRecordStatus
from portal.worker_folders import clear_up

MOST_DEATHS = 10
"""So many workers may die with a record in hand before it counts as the cause: they may die for no fault of it."""

UNNOTICED = timedelta(seconds=2)
"""A record that has waited for longer may have been lost by the queue, or has just ended a pause. Where it waits
because all are busy, to ask costs a moment."""


def recover(context: Context, *, gone_workers: Collection[str]) -> None:
    """Take up what `gone_workers` held and what has outlived its lease; wake workers where records wait."""
    lost = select(FileRecord.id).where(*_is_lost(context, gone_workers))
    for record_id in context.session.scalars(lost).all():
        _take_up(context, record_id, gone_workers)
    clear_up(context.folder, gone_workers)
    if waiting := context.session.scalar(select(func.count()).where(*is_waiting(since=UNNOTICED))):
        context.wake(waiting)


def _take_up(context: Context, record_id: int, gone_workers: Collection[str]) -> None:
    session = context.session
    with writing(session):
        milestones.lock_job_of(session, record_id)
        lost = update(FileRecord).where(FileRecord.id == record_id, *_is_lost(context, gone_workers))
        is_cause = FileRecord.deaths >= MOST_DEATHS - 1
        failed = {"status": FileRecordStatus.FAILED, "failed_at": utcnow(), **settling.words_of(INTERNAL)}
        given_up = lost.where(is_cause).values(deaths=FileRecord.deaths + 1, **failed, **settling.FREE)
        if session.scalar(given_up.returning(FileRecord.id)) is not None:
            _tell(session, record_id)
            return
        # It keeps its place: nobody that waits was before it.
        queued = {"status": FileRecordStatus.QUEUED, "deaths": FileRecord.deaths + 1}
        session.execute(lost.values(**queued, **settling.FREE))


def _tell(session: AnySession, record_id: int) -> None:
    record = session.get_one(FileRecord, record_id, populate_existing=True)
    milestones.note_failure(session, record)
    milestones.note_end(session, record.ingestion_job_id)


def _is_lost(context: Context, gone_workers: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    is_held_by_nobody = is_lost(FileRecord, context.by, list(gone_workers))
    return FileRecord.status == FileRecordStatus.RUNNING, is_held_by_nobody
