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
from portal.runs.engine.suggestions import describe_groups
from portal.runs.models import IngestChunk, IngestRun

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


def fail_run(context: Context, run_id: int, message: str, fix: str) -> None:
    """End the run as failed; what was committed stays."""
    session = context.session
    session.rollback()
    with writing(session):
        if move(session, IngestRun, run_id, RunStatus.FAILED, error=message, error_fix=fix, completed_at=utcnow()):
            timeline.record(session, "run", run_id, "Failed", message)


def give_up_staging(context: Context, run_id: int, error: Exception) -> None:
    """The source can't be staged: end the run with a sentence."""
    if not isinstance(error, UnreadableFile | ImporterGone | FileNotFoundError):
        log.exception("Staging of run %s broke", run_id, exc_info=error)
    fail_run(context, run_id, *explain(error))
    with writing(context.session):
        claims.release_staging(context.session, run_id, context.by.worker)
    context.storage.delete(f"runs/{run_id}")


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
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return FULL
        case OperationalError() if "full" in str(error.orig):
            return FULL
        case OperationalError() if "no such table" in str(error.orig):
            table = str(error.orig).rpartition(": ")[2]
            return f"The database has no table called {table}.", "Create it, then import the file again."
        case OperationalError() if "no such column" in str(error.orig) or "no column named" in str(error.orig):
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


def _end_completed(context: Context, run: IngestRun) -> None:
    groups = describe_groups(context, run)
    failed = run.failed
    status = RunStatus.COMPLETED_WITH_ERRORS if failed else RunStatus.COMPLETED
    text = f"{failed:,} rows failed for {len(groups)} causes." if failed else "All rows are in."
    session = context.session
    with writing(session):
        if not move(session, IngestRun, run.id, status, completed_at=utcnow()):
            return
        for group, values in groups:
            session.execute(update(type(group)).where(type(group).id == group.id).values(values))
        title = "Completed with errors" if failed else "Completed"
        timeline.record(session, "run", run.id, title, text)


def _end_cancelled(context: Context, run_id: int) -> None:
    session = context.session
    busy = select(func.count()).where(
        IngestChunk.run_id == run_id,
        IngestChunk.status == ChunkStatus.PROCESSING,
        IngestChunk.lease_expires_at >= utcnow(),
    )
    with writing(session):
        staging = session.scalar(select(exists().where(IngestRun.id == run_id, IngestRun.lease_expires_at >= utcnow())))
        if staging or session.scalar(busy):
            return
        if move(session, IngestRun, run_id, RunStatus.CANCELLED, completed_at=utcnow()):
            run = session.get_one(IngestRun, run_id, populate_existing=True)
            timeline.record(session, "run", run_id, "Cancelled", f"{run.successful:,} rows stay imported.")


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
