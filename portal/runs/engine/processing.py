"""Processing one chunk: claim it, check it, write it. All that it changes is committed at once, or not."""

from __future__ import annotations

import logging

import polars as pl

from portal.importers import Definition
from portal.leases import at_work
from portal.runs.engine import finishing
from portal.runs.engine.claims import MAX_ATTEMPTS, Claim, claim_chunk, release_chunk
from portal.runs.engine.context import Context
from portal.runs.engine.explaining import TriedTooOften, is_passing
from portal.runs.engine.fitting import check_unchanged
from portal.runs.engine.sources import ImporterGone
from portal.runs.engine.writing import ClaimLost, Work, write_elsewhere, write_here
from portal.runs.models import IngestChunk, IngestRun

log = logging.getLogger(__name__)

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
                raise TriedTooOften
            following = bring_in(context, claim, goes_on=goes_on)
        except ClaimLost:
            release_chunk(context.session, claim)
        except Exception as error:  # whatever it is, the run must say so and end
            _give_back(context, claim, error)
        if following is None:  # while there is more, the run can't be at its end
            finishing.settle(context, claim.run_id)
    return following


def bring_in(context: Context, claim: Claim, *, goes_on: bool) -> Claim | None:
    """Bring in the rows of the claimed chunk; as `process_chunk`, but raises what goes wrong."""
    run = context.session.get_one(IngestRun, claim.run_id)
    definition = context.find_importer(run.importer)
    if definition is None:
        raise ImporterGone(run.importer)
    check_unchanged(run.mapping, definition)
    work = Work(context, claim, run, definition, _rows_of(context, claim))
    return _write(work, definition, goes_on=goes_on)


def _write(work: Work, definition: Definition, *, goes_on: bool) -> Claim | None:
    if not definition.database:
        return write_here(work, goes_on=goes_on)
    with work.context.connect(definition.database) as connection:
        return write_elsewhere(work, connection, goes_on=goes_on)


def _rows_of(context: Context, claim: Claim) -> pl.DataFrame:
    with context.storage.open(claim.storage_key) as file:
        return pl.read_ipc(file.read())


def _give_back(context: Context, claim: Claim, error: Exception) -> None:
    """What may pass is tried again: recovery puts the chunk back into the queue after a pause. All else ends the
    run, unless another worker has taken the chunk over."""
    context.session.rollback()
    if not release_chunk(context.session, claim):
        return
    if is_passing(error) and claim.attempt < MAX_ATTEMPTS:
        log.warning("Chunk %s of run %s is put back: %s", claim.chunk_id, claim.run_id, error)
    else:
        finishing.fail_run(context, claim.run_id, error)
