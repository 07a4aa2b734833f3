"""How a run ends: completed, failed or cancelled. Whoever lets go of a run last brings it to its end."""

from __future__ import annotations

import errno
import logging

from sqlalchemy import exists, func, select, update
from sqlalchemy.exc import OperationalError

from portal import timeline
from portal.database import utcnow, writing
from portal.lifecycle import ChunkStatus, RunStatus, move
from portal.reading import UnreadableFile
from portal.runs.engine import claims
from portal.runs.engine.context import Context
from portal.runs.engine.sources import ImporterGone
from portal.runs.engine.suggestions import Descriptions, describe_groups
from portal.runs.models import IngestChunk, IngestErrorGroup, IngestRun

log = logging.getLogger(__name__)


def settle(context: Context, run_id: int) -> None:
    """Bring the run to its end if nothing is left to do; else let the next wave begin. Safe at any time."""
    session = context.session
    session.commit()  # what others did meanwhile must be seen
    run = session.get_one(IngestRun, run_id)
    if run.status == RunStatus.CANCELLING:
        _end_cancelled(context, run_id)
    elif run.status == RunStatus.PROCESSING and run.staged_at is not None:
        if _chunks_left(context, run_id):
            _begin_next_wave(context, run_id)
        else:
            _end_completed(context, run)
    if session.get_one(IngestRun, run_id, populate_existing=True).is_finished:
        context.storage.delete(f"runs/{run_id}")


def fail_run(context: Context, run_id: int, error: Exception) -> None:
    """End the run as failed, with `error` in words; what was committed stays."""
    if not isinstance(error, UnreadableFile | ImporterGone | FileNotFoundError):
        log.error("Run %s broke", run_id, exc_info=error)
    message, fix = explain(error)
    with writing(context.session):
        _move_to_failed(context, run_id, message, fix)


def give_up_staging(context: Context, run_id: int, error: Exception) -> None:
    """The source can't be staged: end the run, unless another worker has taken it over."""
    context.session.rollback()
    with writing(context.session):
        ours = claims.release_staging(context.session, run_id, context.by.worker)
    if ours:
        fail_run(context, run_id, error)
    settle(context, run_id)


def is_passing(error: Exception) -> bool:
    """Trouble of the machine, not of the rows or the importer: the same work may succeed a little later."""
    return isinstance(error, OSError) or (isinstance(error, OperationalError) and not _misfit(error))


def explain(error: Exception) -> tuple[str, str]:
    """`error` in words for the operator: what is wrong, and what to do."""
    match error:
        case UnreadableFile():
            return error.message, error.fix
        case ImporterGone():
            return (
                f"There is no importer called {error} any more.",
                "Ask your administrator to bring it back.",
            )
        case FileNotFoundError():
            return "The uploaded file is gone from the portal's storage.", "Upload it again."
        case TriedTooOften():
            return (
                "The workers ended again and again while they were at this file.",
                "What was imported stays. Ask your administrator whether they run out of memory.",
            )
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG):
            return FULL
        case OperationalError() if "is full" in str(error.orig):
            return FULL
        case OperationalError() if "no such table" in str(error.orig):
            table = str(error.orig).rpartition(": ")[2].removeprefix("main.")
            return f"The database has no table called {table}.", "Create it, then import the file again."
        case OperationalError() if _misfit(error):
            return f"The importer doesn't fit its table: {error.orig}.", "Ask its author to mend it."
        case OperationalError():
            return (
                f"The database could not be used: {error.orig}.",
                "Wait a moment, then import the file again.",
            )
        case _:
            return (
                "The import broke because of an error in the portal or in the importer.",
                "What was imported stays. Ask your administrator to look into the log, then import the file again.",
            )


FULL = (
    "The disk is full.",
    "What was imported stays. Ask your administrator to free some space, then import the file again.",
)


class TriedTooOften(Exception):
    """Worker after worker has died while it was at the same piece of work."""


def _misfit(error: OperationalError) -> bool:
    words = str(error.orig)
    return any(part in words for part in MISFITS)


MISFITS = ("no such table", "no such column", "no column named", "ON CONFLICT clause does not match", "cannot modify")
"""How SQLite says that an importer and its table don't go together."""


def _move_to_failed(context: Context, run_id: int, message: str, fix: str) -> None:
    session = context.session
    if move(session, IngestRun, run_id, RunStatus.FAILED, error=message, error_fix=fix, completed_at=utcnow()):
        timeline.record(session, "run", run_id, "Failed", message)


def _end_completed(context: Context, run: IngestRun) -> None:
    groups = _described(context, run)
    failed = run.failed
    status = RunStatus.COMPLETED_WITH_ERRORS if failed else RunStatus.COMPLETED
    text = f"{_many(failed, 'row')} failed for {_many(len(groups), 'cause')}." if failed else "All rows are in."
    session = context.session
    with writing(session):
        if move(session, IngestRun, run.id, status, completed_at=utcnow()):
            _keep_descriptions(context, groups)
            title = "Completed with errors" if failed else "Completed"
            timeline.record(session, "run", run.id, title, text)


def _end_cancelled(context: Context, run_id: int) -> None:
    session = context.session
    if _is_held(context, run_id):
        return
    groups = _described(context, session.get_one(IngestRun, run_id))
    with writing(session):
        if not _is_held(context, run_id) and move(
            session, IngestRun, run_id, RunStatus.CANCELLED, completed_at=utcnow()
        ):
            _keep_descriptions(context, groups)
            run = session.get_one(IngestRun, run_id, populate_existing=True)
            timeline.record(session, "run", run_id, "Cancelled", f"{_many(run.successful, 'imported row')} kept.")


def _is_held(context: Context, run_id: int) -> bool:
    """Whether a worker that may be alive is at the run or one of its chunks."""
    now = utcnow()
    staging = exists().where(IngestRun.id == run_id, IngestRun.lease_expires_at >= now)
    busy = exists().where(
        IngestChunk.run_id == run_id, IngestChunk.status == ChunkStatus.PROCESSING, IngestChunk.lease_expires_at >= now
    )
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
