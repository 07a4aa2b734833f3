"""Writing an all-or-nothing run: all its chunks in one transaction, with its counts and its end.

Before, every chunk was checked as in a dry run (`writing.py`), and no row failed. One worker writes; where it dies,
nothing is left behind, and another begins again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection, CursorResult, select, update

from portal import leases, timeline
from portal.database import writing
from portal.importers import Definition
from portal.lifecycle import RunStatus
from portal.runs.engine import claims, finishing
from portal.runs.engine.books import Books
from portal.runs.engine.claims import Claim
from portal.runs.engine.context import Context
from portal.runs.engine.explaining import TriedTooOften, is_passing
from portal.runs.engine.ledger import written_once
from portal.runs.engine.outcomes import Outcome
from portal.runs.engine.sources import ImporterGone
from portal.runs.engine.whole_books import WHOLE_RUN, book_whole, chunks_of, frame_of
from portal.runs.engine.writing import Judged, Work, begin_writing
from portal.runs.models import IngestChunk, IngestRun

log = logging.getLogger(__name__)


class WritingStopped(Exception):
    """The run was cancelled, or another worker has taken over; nothing of this work may be kept."""


class RowsFailed(Exception):
    """Rows failed though they were found good: nothing goes in. `outcomes` are those of chunks with failed rows."""

    def __init__(self, outcomes: list[tuple[pl.DataFrame, Outcome]]) -> None:
        super().__init__()
        self.outcomes = outcomes


@dataclass(frozen=True)
class Whole:
    """A claimed run with its importer; `attempt` tells this claim from an earlier one of the same worker."""

    context: Context
    run: IngestRun
    definition: Definition
    attempt: int


def write_whole_run(context: Context, run_id: int) -> None:
    """Write the run, if it waits for that and is this worker's to write. Errors are kept on the run, never raised."""
    attempt = claims.claim_writing(context.session, run_id, context.by)
    if attempt is None:
        return
    with leases.at_work(IngestRun, run_id):
        try:
            if attempt > claims.MAX_ATTEMPTS:
                raise TriedTooOften
            _write(context, run_id, attempt)
        except WritingStopped:
            _release(context, run_id)
        except RowsFailed as failed:
            _book_failed(context, run_id, attempt, failed)
        except Exception as error:  # whatever it is, the run must say so and end
            _give_back(context, run_id, attempt, error)
        finishing.settle(context, run_id)


def _write(context: Context, run_id: int, attempt: int) -> None:
    run = context.session.get_one(IngestRun, run_id, populate_existing=True)
    definition = context.find_importer(run.importer)
    if definition is None:
        raise ImporterGone(run.importer)
    whole = Whole(context, run, definition, attempt)
    if not definition.database:
        with writing(context.session):
            _end(whole, _write_chunks(whole, context.session.connection()))
        return
    with context.connect(definition.database) as connection:
        outcome = written_once(connection, run.token, WHOLE_RUN, lambda: _write_elsewhere(whole, connection))
    with writing(context.session):
        _end(whole, outcome)


def _write_elsewhere(whole: Whole, connection: Connection) -> Outcome:
    begin_writing(connection)
    return _write_chunks(whole, connection)


def _write_chunks(whole: Whole, connection: Connection) -> Outcome:
    """Write all chunks in the transaction that is open. Raises RowsFailed when a row fails, once all are tried."""
    skipped, left_out = 0, list[int]()
    failed: list[tuple[pl.DataFrame, Outcome]] = []
    for chunk in chunks_of(whole.context, whole.run.id):
        _check_still_ours(whole)
        work = _work(whole, chunk)
        outcome = Judged(work, connection, rehearses=False).write(connection)
        skipped, left_out = skipped + outcome.skipped, left_out + outcome.left_out
        if outcome.failed:
            failed.append((work.frame, outcome))
    if failed:
        raise RowsFailed(failed)
    return Outcome(skipped=skipped, left_out=left_out)


def _work(whole: Whole, chunk: IngestChunk) -> Work:
    worker = whole.context.by.worker
    claim = Claim(chunk.id, chunk.number, chunk.run_id, chunk.storage_key, chunk.wave, worker, chunk.attempts)
    return Work(whole.context, claim, whole.run, whole.definition, frame_of(whole.context, chunk))


def _check_still_ours(whole: Whole) -> None:
    """Seen between two chunks where others can write meanwhile, as on PostgreSQL."""
    if whole.definition.database:
        whole.context.session.commit()  # what others did meanwhile must be seen
    terms = select(IngestRun.status, IngestRun.worker, IngestRun.attempts).where(IngestRun.id == whole.run.id)
    ours = (RunStatus.PROCESSING, whole.context.by.worker, whole.attempt)
    if whole.context.session.execute(terms).one() != ours:
        raise WritingStopped


def _end(whole: Whole, outcome: Outcome) -> None:
    """Count the rows and end the run, in the transaction that has written them or follows it."""
    session, run_id = whole.context.session, whole.run.id
    # From here on a cancel waits until this is committed, and finds that the run has finished.
    if not _fenced(whole.context, run_id, whole.attempt):
        raise WritingStopped
    book_whole(whole.context, whole.run, whole.definition, outcome)
    finishing.end_run(whole.context, run_id, RunStatus.COMPLETED)
    timeline.record(session, "run", run_id, "Completed", "All rows are in.")


def _fenced(context: Context, run_id: int, attempt: int) -> bool:
    """Give the run back under the terms of the claim; False when these don't hold any more."""
    ours = (IngestRun.worker == context.by.worker, IngestRun.attempts == attempt)
    result = context.session.execute(
        update(IngestRun)
        .where(IngestRun.id == run_id, IngestRun.status == RunStatus.PROCESSING, *ours)
        .values(worker=None, lease_expires_at=None)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1


def _book_failed(context: Context, run_id: int, attempt: int, failed: RowsFailed) -> None:
    """Nothing is in: keep the rows that failed, with which the run ends."""
    with writing(context.session):
        if not _fenced(context, run_id, attempt):
            return
        count = sum(Books(context.session, run_id, frame).enter(outcome) for frame, outcome in failed.outcomes)
        values = {"failed": IngestRun.failed + count, "checked_at": None}
        context.session.execute(update(IngestRun).where(IngestRun.id == run_id).values(values))


def _release(context: Context, run_id: int) -> None:
    context.session.rollback()
    with writing(context.session):
        claims.release_run(context.session, run_id, context.by.worker)


def _give_back(context: Context, run_id: int, attempt: int, error: Exception) -> None:
    """What may pass is tried again: recovery puts the run back into the queue after a pause. All else ends it."""
    context.session.rollback()
    with writing(context.session):
        ours = _fenced(context, run_id, attempt)
    if ours and is_passing(error) and attempt < claims.MAX_ATTEMPTS:
        log.warning("The writing of run %s is put back: %s", run_id, error)
    elif ours:
        finishing.fail_run(context, run_id, error)
