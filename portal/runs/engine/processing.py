"""Processing one chunk: claim it, validate it, write it. All that it changes is committed at once, or not."""

from __future__ import annotations

import logging

import polars as pl
from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import OperationalError

from portal.database import utcnow, writing
from portal.importers import Definition, OnDuplicate
from portal.lifecycle import ChunkStatus, RunStatus
from portal.runs.engine import finishing
from portal.runs.engine.books import book_failures, settle_rows
from portal.runs.engine.claims import Claim, claim_chunk, fenced, release_chunk
from portal.runs.engine.context import Context
from portal.runs.engine.duplicates import Parted, part_duplicates
from portal.runs.engine.frames import ORIGIN, ROW
from portal.runs.engine.rehearsal import rows_after_rehearsed_ones
from portal.runs.engine.rules import refused
from portal.runs.engine.sources import ImporterGone
from portal.runs.engine.target import Refused, Target
from portal.runs.engine.validating import FailedCells, Verdict, validate
from portal.runs.models import IngestChunk, IngestRun

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 25
"""How often a chunk is tried before its run gives up: workers may die many times for no fault of the chunk."""


class ClaimLost(Exception):
    """The run stopped, or another worker has taken the chunk over; nothing of this work may be kept."""


def process_chunk(context: Context, chunk_id: int) -> None:
    """Bring the chunk's rows in, if it is this worker's to do. Errors are kept on the run, never raised."""
    claim = claim_chunk(context.session, chunk_id, context.by)
    if claim is None:
        return
    try:
        _bring_in(context, claim)
    except ClaimLost:
        release_chunk(context.session, claim)
    except (OperationalError, OSError) as error:
        _try_again_later(context, claim, error)
    except Exception as error:  # whatever it is, the run must say so and end
        log.exception("Chunk %s of run %s broke", claim.chunk_id, claim.run_id)
        release_chunk(context.session, claim)
        finishing.fail_run(context, claim.run_id, *finishing.explain(error))
    finishing.settle(context, claim.run_id)


def _bring_in(context: Context, claim: Claim) -> None:
    session = context.session
    run = session.get_one(IngestRun, claim.run_id)
    definition = context.find_importer(run.importer)
    if definition is None:
        raise ImporterGone(run.importer)
    with context.storage.open(claim.storage_key) as file:
        frame = pl.read_ipc(file.read())
    target = Target(session.connection(), definition)
    verdict = validate(frame, run.headers, run.mapping, definition, target.find_existing)
    headers, dry_run = run.headers, run.dry_run
    ancestors = [] if dry_run else _ancestors(context, run)
    with writing(session):
        _fence(context, claim)
        parted, refused_rows = _write(context, claim, definition, verdict, dry_run=dry_run)
        failed = [*verdict.failed, *parted.failed, *_refused_cells(refused_rows)]
        failed_count = book_failures(session, claim.run_id, frame, headers, failed)
        _count(context, claim, frame.height, failed_count, parted.skipped)
        if ancestors:
            settle_rows(session, ancestors, claim.run_id, _settled(frame, failed))


def _fence(context: Context, claim: Claim) -> None:
    """Settle the chunk first: who finds it no longer claimed must not write."""
    done = fenced(claim).values(status=ChunkStatus.DONE, completed_at=utcnow(), lease_expires_at=None, worker=None)
    result = context.session.execute(done)
    status = context.session.scalar(select(IngestRun.status).where(IngestRun.id == claim.run_id))
    if not isinstance(result, CursorResult) or result.rowcount != 1 or status != RunStatus.PROCESSING:
        raise ClaimLost


def _write(
    context: Context, claim: Claim, definition: Definition, verdict: Verdict, *, dry_run: bool
) -> tuple[Parted, Refused]:
    """Write the good rows; in a dry run by the same statements, taken back."""
    target = Target(context.session.connection(), definition)
    existing = pl.Series(ROW, [], dtype=pl.Int64)
    if definition.key and definition.on_duplicate != OnDuplicate.UPDATE and verdict.good.height:
        existing = target.existing_rows(verdict.good)
        if dry_run:
            rehearsed = rows_after_rehearsed_ones(context, claim, definition, verdict.good)
            existing = pl.concat([existing, rehearsed]).unique()
    parted = part_duplicates(verdict.good, existing, definition)
    savepoint = context.session.connection().begin_nested()
    refused_rows = target.write(parted.write)
    savepoint.rollback() if dry_run else savepoint.commit()
    return parted, refused_rows


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


def _settled(frame: pl.DataFrame, failed: list[FailedCells]) -> pl.Series:
    """The numbers, in the run that is retried, of the rows that went in."""
    went_in = frame
    if failed:
        numbers = pl.concat([cells.rows for cells in failed]).unique()
        went_in = frame.filter(~pl.col(ROW).is_in(numbers.implode()))
    return went_in[ORIGIN if ORIGIN in went_in.columns else ROW].drop_nulls()


def _ancestors(context: Context, run: IngestRun) -> list[int]:
    """The runs that this one retries: its parent, the parent's parent and so on."""
    found: list[int] = []
    parent_id = run.retried_from_run_id
    while parent_id is not None:
        found.append(parent_id)
        parent_id = context.session.scalar(select(IngestRun.retried_from_run_id).where(IngestRun.id == parent_id))
    return found


def _try_again_later(context: Context, claim: Claim, error: Exception) -> None:
    """Trouble of the machine, not of the rows: recovery puts the chunk back into the queue after a pause."""
    log.warning("Chunk %s of run %s is put back: %s", claim.chunk_id, claim.run_id, error)
    context.session.rollback()
    release_chunk(context.session, claim)
    if claim.attempt >= MAX_ATTEMPTS:
        finishing.fail_run(context, claim.run_id, *finishing.explain(error))
