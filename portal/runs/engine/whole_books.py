"""The books of an all-or-nothing run: its rows are counted together, when all are in or none can be."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from sqlalchemy import CursorResult, Delete, delete, select, update

from portal.importers import Definition
from portal.importers.conduct import KeepRows
from portal.lifecycle import RowStatus
from portal.runs.engine.books import Books, settle_rows
from portal.runs.engine.context import Context
from portal.runs.engine.family import open_relatives
from portal.runs.engine.frames import ROW
from portal.runs.engine.outcomes import Outcome
from portal.runs.models import IngestChunk, IngestRow, IngestRun

WHOLE_RUN = -1
"""Stands for the number of a chunk in the ledger's note of a run that was written as a whole."""


def chunks_of(context: Context, run_id: int) -> Sequence[IngestChunk]:
    """The chunks of the run in the order in which their rows are to go in."""
    query = select(IngestChunk).where(IngestChunk.run_id == run_id).order_by(IngestChunk.number)
    return context.session.scalars(query).all()


def frame_of(context: Context, chunk: IngestChunk) -> pl.DataFrame:
    """The raw rows of the chunk."""
    with context.storage.open(chunk.storage_key) as file:
        return pl.read_ipc(file.read())


def book_whole(context: Context, run: IngestRun, definition: Definition, outcome: Outcome) -> None:
    """Count the rows of the run, which are all in but for those left out on purpose, and settle them in its relatives;
    belongs into a write transaction. Nothing happens where that is done."""
    session, run_id = context.session, run.id
    counts = {"successful": (run.total or 0) - outcome.skipped, "skipped": outcome.skipped}
    open_yet = (IngestRun.id == run_id, IngestRun.successful == 0, IngestRun.skipped == 0)
    result = session.execute(update(IngestRun).where(*open_yet).values(counts))
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        return
    relatives, keeps_all = open_relatives(session, run_id), definition.conduct.keep_rows == KeepRows.ALL
    session.execute(_others(run_id))
    for chunk in chunks_of(context, run_id) if relatives or keeps_all else ():
        frame = frame_of(context, chunk)
        settle_rows(session, relatives, run_id, frame[ROW])
        if keeps_all:
            _keep(Books(session, run_id, frame), frame, outcome)


def keep_as_skipped(context: Context, run_id: int) -> None:
    """Keep all rows that didn't fail as left out; belongs into a write transaction."""
    session = context.session
    session.execute(_others(run_id))
    failed = select(IngestRow.row_number).where(IngestRow.run_id == run_id)
    numbers = pl.Series(ROW, session.scalars(failed).all(), dtype=pl.Int64)
    for chunk in chunks_of(context, run_id):
        frame = frame_of(context, chunk)
        others = frame[ROW].filter(~frame[ROW].is_in(numbers.implode()))
        Books(session, run_id, frame).enter_left_out(Outcome(left_out=others.to_list()))


def _keep(books: Books, frame: pl.DataFrame, outcome: Outcome) -> None:
    here = set(frame[ROW].to_list())
    of_chunk = Outcome(left_out=[number for number in outcome.left_out if number in here])
    books.enter_left_out(of_chunk)
    books.enter_successful(of_chunk)


def _others(run_id: int) -> Delete:
    """Forget what was kept of rows that the check left out."""
    return delete(IngestRow).where(IngestRow.run_id == run_id, IngestRow.status != RowStatus.FAILED)
