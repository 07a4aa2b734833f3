"""How a run ends: completed, failed or cancelled. Whoever lets go of a run last brings it to its end."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import exists, func, select, update

from portal import leases, timeline
from portal.database import utcnow, writing
from portal.importers.conduct import KeepRows
from portal.lifecycle import ChunkStatus, RunStatus, move
from portal.runs.engine import claims
from portal.runs.engine.context import Context
from portal.runs.engine.explaining import explain, is_away, is_expected
from portal.runs.engine.fetching import clear_fetched
from portal.runs.engine.noted import book_noted, forget_notes
from portal.runs.engine.stopping import NothingIn, TooManyFailed, exceeds_failures, takes_all_or_nothing
from portal.runs.engine.suggestions import Descriptions, describe_groups
from portal.runs.engine.whole_books import keep_as_skipped
from portal.runs.models import IngestChunk, IngestErrorGroup, IngestRun

log = logging.getLogger(__name__)


def settle(context: Context, run_id: int) -> None:
    """Bring the run to its end if nothing is left to do; else let the next wave begin. Safe at any time."""
    session = context.session
    session.commit()  # what others did meanwhile must be seen
    run = session.get_one(IngestRun, run_id)
    if run.status == RunStatus.CANCELLING:
        _end_cancelled(context, run_id)
    elif run.status == RunStatus.PROCESSING:
        _settle_processing(context, run)
    run = session.get_one(IngestRun, run_id, populate_existing=True)
    if run.is_finished:
        forget_notes(context, run_id)
        context.storage.delete(f"runs/{run_id}")
        context.enqueue_announced(run_id)
        if run.source and run.file_id is None:
            clear_fetched(context, run_id)
        if run.after_run_due and run.worker is None:
            context.enqueue_last_step(run_id)


def fail_run(context: Context, run_id: int, error: Exception, **counts: int) -> None:
    """End the run as failed, with `error` in words and these `counts`; what was committed stays."""
    if not is_expected(error):
        log.error("Run %s broke", run_id, exc_info=error)
    message, fix = explain(error)
    book_noted(context, run_id)
    groups = _described(context, context.session.get_one(IngestRun, run_id))
    values: dict[str, Any] = {"error": message, "error_fix": fix, **counts}
    with writing(context.session):
        if end_run(context, run_id, RunStatus.FAILED, **values):
            _keep_descriptions(context, groups)
            timeline.record(context.session, "run", run_id, "Failed", message)


def end_run(context: Context, run_id: int, status: RunStatus, **values: Any) -> bool:
    """Move the run to its end, if it may come to that one, and note down who is to be told: in the transaction that
    is open. False when it may not."""
    ended = move(context.session, IngestRun, run_id, status, completed_at=utcnow(), **values)
    if ended:
        context.announce_end(context.session, run_id)
    return ended


def give_up_staging(context: Context, run_id: int, error: Exception, attempt: int) -> None:
    """The source can't be staged: end the run, unless another worker has taken it over, or what it needs is away and
    may come back: recovery puts it into the queue again after a pause."""
    context.session.rollback()
    with writing(context.session):
        ours = claims.release_run(context.session, run_id, context.by.worker)
    if ours and is_away(error) and attempt < claims.MAX_ATTEMPTS:
        log.warning("The staging of run %s is put back: %s", run_id, error)
    elif ours:
        fail_run(context, run_id, error)
    settle(context, run_id)


def _settle_processing(context: Context, run: IngestRun) -> None:
    if exceeds_failures(run, run.failed):
        fail_run(context, run.id, TooManyFailed(run, context.find_importer(run.importer)))
    elif run.staged_at is None:
        return
    elif _chunks_left(context, run.id):
        _begin_next_wave(context, run.id)
    elif run.all_or_nothing:
        _end_check(context, run)
    else:
        _end_completed(context, run)


def _end_check(context: Context, run: IngestRun) -> None:
    """All rows of an all-or-nothing run are checked: have them written, unless one failed."""
    session, run_id = context.session, run.id
    if run.failed:
        _end_with_nothing_in(context, run)
        return
    checked = {"checked_at": utcnow(), "enqueued_at": utcnow(), "attempts": 0}
    first = (IngestRun.id == run_id, IngestRun.status == RunStatus.PROCESSING, IngestRun.checked_at.is_(None))
    text = f"No row fails. {_many(run.total or 0, 'row')} are to go in at once."
    with writing(session):
        begins = session.scalar(update(IngestRun).where(*first).values(checked).returning(IngestRun.id)) is not None
        if begins:
            timeline.record(session, "run", run_id, "Checked", text)
    if begins:
        context.enqueue_last_step(run_id)


def _end_with_nothing_in(context: Context, run: IngestRun) -> None:
    definition = context.find_importer(run.importer)
    if definition is not None and definition.conduct.keep_rows == KeepRows.ALL:
        with writing(context.session):
            keep_as_skipped(context, run.id)
    fail_run(context, run.id, NothingIn(run.failed), skipped=(run.total or 0) - run.failed)


def _end_completed(context: Context, run: IngestRun) -> None:
    groups = _described(context, run)
    failed = run.failed
    status = RunStatus.COMPLETED_WITH_ERRORS if failed else RunStatus.COMPLETED
    text = f"{_many(failed, 'row')} failed for {_many(len(groups), 'cause')}." if failed else "All rows are in."
    if failed and run.dry_run and takes_all_or_nothing(context.find_importer(run.importer)):
        text += " All rows or none go in, so it would be none."
    session = context.session
    with writing(session):
        if end_run(context, run.id, status):
            _keep_descriptions(context, groups)
            title = "Completed with errors" if failed else "Completed"
            timeline.record(session, "run", run.id, title, text)


def _end_cancelled(context: Context, run_id: int) -> None:
    session = context.session
    if _is_held(context, run_id):
        return
    book_noted(context, run_id)
    groups = _described(context, session.get_one(IngestRun, run_id))
    with writing(session):
        if not _is_held(context, run_id) and end_run(context, run_id, RunStatus.CANCELLED):
            _keep_descriptions(context, groups)
            run = session.get_one(IngestRun, run_id, populate_existing=True)
            timeline.record(session, "run", run_id, "Cancelled", f"{_many(run.successful, 'imported row')} kept.")


def _is_held(context: Context, run_id: int) -> bool:
    """Whether a worker that may be alive is at the run or one of its chunks."""
    by = context.by
    staging = exists().where(IngestRun.id == run_id, IngestRun.worker.is_not(None), ~leases.has_run_out(IngestRun, by))
    at_work = (IngestChunk.run_id == run_id, IngestChunk.status == ChunkStatus.PROCESSING)
    busy = exists().where(*at_work, ~leases.has_run_out(IngestChunk, by))
    return bool(context.session.scalar(select(staging | busy)))


def _described(context: Context, run: IngestRun) -> Descriptions:
    """What is worth knowing of the run's failures. A run must end even where that can't be told."""
    try:
        return describe_groups(context, run)
    except Exception:
        log.exception("The failures of run %s can't be described", run.id)
        context.session.rollback()
        return []


def _keep_descriptions(context: Context, groups: Descriptions) -> None:
    for group_id, values in groups:
        context.session.execute(update(IngestErrorGroup).where(IngestErrorGroup.id == group_id).values(values))


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _chunks_left(context: Context, run_id: int) -> bool:
    left = exists().where(IngestChunk.run_id == run_id, IngestChunk.status != ChunkStatus.DONE)
    return bool(context.session.scalar(select(left)))


def _begin_next_wave(context: Context, run_id: int) -> None:
    """Enqueue the chunks of the lowest wave that isn't done, if it is one that had to wait."""
    left = select(func.min(IngestChunk.wave)).where(
        IngestChunk.run_id == run_id, IngestChunk.status != ChunkStatus.DONE
    )
    wave = context.session.scalar(left)
    if wave:
        waiting = select(IngestChunk.id).where(
            IngestChunk.run_id == run_id, IngestChunk.wave == wave, IngestChunk.status == ChunkStatus.PENDING
        )
        for chunk_id in context.session.scalars(waiting).all():
            context.enqueue_chunk(chunk_id)
