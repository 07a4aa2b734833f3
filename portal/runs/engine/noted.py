"""The ends of runs whose table is in another database: nothing that is noted there may stay unbooked.

A worker may have died between the commit there and the one here. While the run goes on, whoever takes its chunk over
books it. When the run is to end instead, it is done here.
"""

from __future__ import annotations

import logging

import polars as pl
from sqlalchemy import CursorResult, select, update

from portal.database import utcnow, writing
from portal.lifecycle import ChunkStatus
from portal.runs.engine.books import Books
from portal.runs.engine.claims import Claim
from portal.runs.engine.context import Context
from portal.runs.engine.family import open_relatives
from portal.runs.engine.ledger import forget, noted_outcome
from portal.runs.engine.outcomes import Outcome
from portal.runs.engine.whole_books import WHOLE_RUN, book_whole
from portal.runs.engine.writing import Work, enter
from portal.runs.models import IngestChunk, IngestRun

log = logging.getLogger(__name__)


def book_noted(context: Context, run_id: int) -> None:
    """Book the chunks of the run that are written in its importer's database but nobody has booked. Those that a
    worker holds are left to it."""
    run = context.session.get_one(IngestRun, run_id)
    definition = context.find_importer(run.importer)
    if definition is None or not definition.database or run.dry_run:
        return
    token, is_checked = run.token, run.checked_at is not None
    waiting = select(IngestChunk).where(IngestChunk.run_id == run_id, IngestChunk.status == ChunkStatus.PENDING)
    chunks = context.session.scalars(waiting).all()
    with context.connect(definition.database) as connection:
        for chunk in chunks:
            outcome = noted_outcome(connection, token, chunk.number)
            if outcome is not None:
                _book(context, chunk, outcome)
        whole = noted_outcome(connection, token, WHOLE_RUN) if is_checked else None
    if whole is not None:
        with writing(context.session):
            book_whole(context, run, definition, whole)


def forget_notes(context: Context, run_id: int) -> None:
    """Remove the notes of a run that has ended; they only take room, so nothing fails where that can't be done."""
    run = context.session.get_one(IngestRun, run_id)
    definition = context.find_importer(run.importer)
    if definition is None or not definition.database:
        return
    try:
        with context.connect(definition.database) as connection:
            forget(connection, run.token)
    except Exception:
        log.exception("The notes of run %s in %s can't be removed", run_id, definition.database)


def _book(context: Context, chunk: IngestChunk, outcome: Outcome) -> None:
    session = context.session
    run = session.get_one(IngestRun, chunk.run_id)
    definition = context.find_importer(run.importer)
    if definition is None:
        return
    with context.storage.open(chunk.storage_key) as file:
        frame = pl.read_ipc(file.read())
    claim = Claim(
        chunk.id, chunk.number, chunk.run_id, chunk.storage_key, chunk.wave, context.by.worker, chunk.attempts
    )
    with writing(session):
        done = {"status": ChunkStatus.DONE, "completed_at": utcnow()}
        ours = update(IngestChunk).where(IngestChunk.id == claim.chunk_id, IngestChunk.status == ChunkStatus.PENDING)
        result = session.execute(ours.values(done))
        if isinstance(result, CursorResult) and result.rowcount == 1:
            work = Work(context, claim, run, definition, frame)
            books, relatives = Books(session, run.id, frame), open_relatives(session, run.id)
            enter(work, books, outcome, relatives, goes_on=False)
