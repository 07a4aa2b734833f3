"""Processing one chunk: claim it, validate it, write it. All that it changes is committed at once, or not."""

from __future__ import annotations

import logging

import polars as pl
from sqlalchemy import CursorResult, select, update

from portal.database import utcnow, writing
from portal.importers import Definition, OnDuplicate
from portal.lifecycle import ChunkStatus, RunStatus
from portal.runs.engine import finishing
from portal.runs.engine.books import book_failures, settle_rows
from portal.runs.engine.claims import MAX_ATTEMPTS, Claim, at_work, claim_chunk, claim_next, fenced, release_chunk
from portal.runs.engine.context import Context
from portal.runs.engine.duplicates import Refused, Written, write_by_strategy
from portal.runs.engine.family import open_relatives
from portal.runs.engine.frames import ROW
from portal.runs.engine.rehearsal import rows_after_rehearsed_ones
from portal.runs.engine.rules import refused
from portal.runs.engine.sources import ImporterGone
from portal.runs.engine.target import Target, as_stored
from portal.runs.engine.validating import FailedCells, validate
from portal.runs.models import IngestChunk, IngestRun

log = logging.getLogger(__name__)


class ClaimLost(Exception):
    """The run stopped, or another worker has taken the chunk over; nothing of this work may be kept."""


CHUNKS_IN_A_ROW = 8
"""How many chunks of one run a worker takes before it turns to the queue again, where other runs wait."""


def process_chunk(context: Context, chunk_id: int, *, in_a_row: int = CHUNKS_IN_A_ROW) -> None:
    """Bring the chunk's rows in, if it is this worker's to do, and those of more chunks of its run that wait, up to
    `in_a_row` chunks in all. Errors are kept on the run, never raised.
    """
    claim = claim_chunk(context.session, chunk_id, context.by)
    while claim is not None:
        in_a_row -= 1
        claim = _process(context, claim, goes_on=in_a_row > 0)


def _process(context: Context, claim: Claim, *, goes_on: bool) -> Claim | None:
    """Process what is claimed; returns the claim on the next chunk, if it `goes_on` and there is one."""
    following = None
    with at_work(IngestChunk, claim.chunk_id):
        try:
            if claim.attempt > MAX_ATTEMPTS:
                raise finishing.TriedTooOften
            following = _bring_in(context, claim, goes_on=goes_on)
        except ClaimLost:
            release_chunk(context.session, claim)
        except Exception as error:  # whatever it is, the run must say so and end
            _give_back(context, claim, error)
        finishing.settle(context, claim.run_id)
    return following


def _bring_in(context: Context, claim: Claim, *, goes_on: bool) -> Claim | None:
    session = context.session
    run = session.get_one(IngestRun, claim.run_id)
    definition = context.find_importer(run.importer)
    if definition is None:
        raise ImporterGone(run.importer)
    with context.storage.open(claim.storage_key) as file:
        frame = pl.read_ipc(file.read())
    target = Target(session.connection(), definition)
    verdict = validate(frame, run.headers, run.mapping, definition, target.find_existing)
    dry_run = run.dry_run
    rehearsed = rows_after_rehearsed_ones(context, claim, definition, verdict.good) if dry_run else None
    good = as_stored(verdict.good)
    relatives = [] if dry_run else open_relatives(session, claim.run_id)
    with writing(session):
        _fence(context, claim)
        written = _write(context, definition, good, rehearsed)
        failed = [*verdict.failed, *written.failed, *_refused_cells(written.refused)]
        failed_count = book_failures(session, claim.run_id, frame, failed)
        _count(context, claim, frame.height, failed_count, written.skipped)
        if relatives:
            settle_rows(session, relatives, claim.run_id, _went_in(frame, failed))
        return claim_next(session, claim.run_id, context.by) if goes_on else None


def _fence(context: Context, claim: Claim) -> None:
    """Settle the chunk first: who finds it no longer claimed must not write."""
    done = fenced(claim).values(status=ChunkStatus.DONE, completed_at=utcnow(), lease_expires_at=None, worker=None)
    result = context.session.execute(done)
    status = context.session.scalar(select(IngestRun.status).where(IngestRun.id == claim.run_id))
    if not isinstance(result, CursorResult) or result.rowcount != 1 or status != RunStatus.PROCESSING:
        raise ClaimLost


def _write(context: Context, definition: Definition, good: pl.DataFrame, rehearsed: pl.Series | None) -> Written:
    """Write the good rows; in a dry run, which knows the `rehearsed` ones, by the same statements, taken back."""
    connection = context.session.connection()
    target = Target(connection, definition)
    existing = pl.Series(ROW, [], dtype=pl.Int64)
    if definition.key and definition.on_duplicate != OnDuplicate.UPDATE and good.height:
        existing = target.existing_rows(good)
    if rehearsed is None:
        return write_by_strategy(target, good, existing, definition)
    savepoint = connection.begin_nested()
    written = write_by_strategy(target, good, pl.concat([existing, rehearsed]).unique(), definition)
    savepoint.rollback()
    return written


def _refused_cells(refused_rows: Refused) -> list[FailedCells]:
    by_failure: dict[str, list[int]] = {}
    failures = {}
    for number, reason in refused_rows:
        failure = refused(reason)
        failures[failure.key] = failure
        by_failure.setdefault(failure.key, []).append(number)
    return [
        FailedCells(failures[key], pl.Series(ROW, numbers), pl.Series("value", [None] * len(numbers), dtype=pl.String))
        for key, numbers in by_failure.items()
    ]


def _count(context: Context, claim: Claim, rows: int, failed: int, skipped: int) -> None:
    counts = {"successful": rows - failed - skipped, "failed": failed, "skipped": skipped}
    for model, row_id in ((IngestChunk, claim.chunk_id), (IngestRun, claim.run_id)):
        added = {name: getattr(model, name) + count for name, count in counts.items()}
        context.session.execute(update(model).where(model.id == row_id).values(added))


def _went_in(frame: pl.DataFrame, failed: list[FailedCells]) -> pl.Series:
    """The numbers of the rows that went in, or were skipped since what they speak of is there."""
    if not failed:
        return frame[ROW]
    numbers = pl.concat([cells.rows for cells in failed]).unique()
    return frame.filter(~pl.col(ROW).is_in(numbers.implode()))[ROW]


def _give_back(context: Context, claim: Claim, error: Exception) -> None:
    """What may pass is tried again: recovery puts the chunk back into the queue after a pause. All else ends the
    run, unless another worker has taken the chunk over."""
    context.session.rollback()
    if not release_chunk(context.session, claim):
        return
    if finishing.is_passing(error) and claim.attempt < MAX_ATTEMPTS:
        log.warning("Chunk %s of run %s is put back: %s", claim.chunk_id, claim.run_id, error)
    else:
        finishing.fail_run(context, claim.run_id, error)
