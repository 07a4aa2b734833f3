"""Staging: one streaming pass from the source to chunks, which workers begin on while it goes on.

Staging can be begun again at any time: the same source gives the same chunks with the same numbers, and those
that are there already are left as they are.
"""

from __future__ import annotations

import io
import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import Any

import polars as pl
from sqlalchemy import select, update

from portal import leases, timeline
from portal.database import utcnow, writing
from portal.importers import Definition
from portal.lifecycle import RunStatus, move
from portal.runs.engine import claims, finishing
from portal.runs.engine.context import Context
from portal.runs.engine.explaining import TriedTooOften
from portal.runs.engine.fetching import fetch_file
from portal.runs.engine.keys import typed_keys
from portal.runs.engine.repeats import SeenKeys, part_repeats
from portal.runs.engine.run_hooks import call_before_run
from portal.runs.engine.sources import Source, open_source
from portal.runs.engine.stopping import takes_all_or_nothing
from portal.runs.models import IngestChunk, IngestRun

ENTER_SECONDS = 0.2
"""How often staged chunks are entered; also how often staging looks whether it is to stop."""


class StagingStopped(Exception):
    """The run was cancelled, or someone else has taken over."""


class SourceChanged(Exception):
    """The rows aren't those that staging found when it began: going on would lose some or take some twice."""


def stage_run(context: Context, run_id: int) -> None:
    """Stage the run, if it is this worker's to stage. Errors end the run with a sentence for its user."""
    attempt = claims.claim_staging(context.session, run_id, context.by)
    if attempt is not None:
        with leases.at_work(IngestRun, run_id):
            _stage_claimed(context, run_id, attempt)


def _stage_claimed(context: Context, run_id: int, attempt: int) -> None:
    try:
        _begin(context, run_id)
        if attempt > claims.MAX_ATTEMPTS:
            raise TriedTooOften
        fetch_file(context, run_id, partial(_still_ours, context, run_id))
        with closing(open_source(context, run_id)) as source:
            call_before_run(context, run_id, source.definition)
            _stage(context, run_id, source)
    except StagingStopped:
        with writing(context.session):
            claims.release_run(context.session, run_id, context.by.worker)
        finishing.settle(context, run_id)
    except Exception as error:  # whatever it is, the run must say so and end
        finishing.give_up_staging(context, run_id, error, attempt)


def _begin(context: Context, run_id: int) -> None:
    session = context.session
    run = session.get_one(IngestRun, run_id)
    values = _conduct_of(run, context.find_importer(run.importer))
    with writing(session):
        if move(session, IngestRun, run_id, RunStatus.PROCESSING, started_at=utcnow(), **values):
            timeline.record(session, "run", run_id, "Processing started", "A worker began to read the rows.")
        _still_ours(context, run_id)


def _conduct_of(run: IngestRun, definition: Definition | None) -> dict[str, Any]:
    """How the run is to go on, which stays so to its end, even if the importer's code is changed meanwhile."""
    if definition is None:
        return {}
    return {
        "all_or_nothing": takes_all_or_nothing(definition) and not run.dry_run,
        "stop_after": definition.conduct.stop_after,
        "after_run_due": definition.hooks.after_run is not None,
    }


def _stage(context: Context, run_id: int, source: Source) -> None:
    with writing(context.session):
        context.session.execute(
            update(IngestRun)
            .where(IngestRun.id == run_id)
            .values(headers=list(source.headers), mapping=source.mapping, source_text=source.text)
        )
    known = _known_chunks(context, run_id)
    entries = _Entries(context, run_id)
    total = 0
    chunk_rows = source.definition.conduct.chunk_rows or context.chunk_rows
    for number, (wave, frame) in enumerate(_chunk_frames(source, chunk_rows)):
        total += frame.height
        if number not in known:
            entries.add(_stored_chunk(context, run_id, number, wave, frame))
        elif known[number] != frame.height:
            raise SourceChanged
    entries.enter()
    _complete(context, run_id, total, source.text)


def _chunk_frames(source: Source, chunk_rows: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """The source's rows as (wave, frame): first all rows whose key is new, then in further waves the rest."""
    seen = SeenKeys()
    put_off: list[pl.DataFrame] = []
    for frame in source.frames():
        keys = typed_keys(frame, source.headers, source.mapping, source.definition)
        new, repeated = (frame, frame.clear()) if keys is None else part_repeats(frame, keys, seen)
        put_off += [repeated] if repeated.height else []
        for part in new.iter_slices(chunk_rows):
            if part.height:
                yield 0, part
    if put_off:
        for wave, part in enumerate(pl.concat(put_off, how="diagonal").iter_slices(chunk_rows), start=1):
            yield wave, part


def _known_chunks(context: Context, run_id: int) -> dict[int, int]:
    """The rows of each chunk that is there already, by its number."""
    query = select(IngestChunk.number, IngestChunk.rows).where(IngestChunk.run_id == run_id)
    return {chunk.number: chunk.rows for chunk in context.session.execute(query)}


def _stored_chunk(context: Context, run_id: int, number: int, wave: int, frame: pl.DataFrame) -> IngestChunk:
    # A name of its own: a worker that is slow, not dead, must not write into what another is reading.
    key = f"runs/{run_id}/chunk-{number:06d}-{secrets.token_hex(4)}.arrow"
    packed = io.BytesIO()  # Polars, writing to a file by itself, would hide from what error it fails
    # A fifth of the size is worth its time where it has to go over a network.
    frame.write_ipc(packed, compression="uncompressed" if context.storage.is_local else "lz4")
    with context.storage.open(key, "wb") as file:
        file.write(packed.getbuffer())
    return IngestChunk(run_id=run_id, number=number, wave=wave, rows=frame.height, storage_key=key)


class _Entries:
    """Enters chunks into the database, where workers find them: the first one at once, then those of a moment
    together, since each entry waits for its turn among the workers that write rows."""

    def __init__(self, context: Context, run_id: int) -> None:
        self._context = context
        self._run_id = run_id
        self._waiting: list[IngestChunk] = []
        self._entered = 0.0

    def add(self, chunk: IngestChunk) -> None:
        self._waiting.append(chunk)
        if time.monotonic() - self._entered >= ENTER_SECONDS:
            self.enter()

    def enter(self) -> None:
        """Enter what waits. Raises StagingStopped when the run is to stop or another worker has taken over."""
        session = self._context.session
        with writing(session):
            _still_ours(self._context, self._run_id)
            session.add_all(self._waiting)
            rows = sum(chunk.rows for chunk in self._waiting)
            session.execute(
                update(IngestRun).where(IngestRun.id == self._run_id).values(staged=IngestRun.staged + rows)
            )
            session.flush()
            ready = [chunk.id for chunk in self._waiting if chunk.wave == 0]
        for chunk_id in ready:
            self._context.enqueue_chunk(chunk_id)
        self._waiting = []
        self._entered = time.monotonic()


def _still_ours(context: Context, run_id: int) -> None:
    # Whoever takes the staging over has to wait for what is entered under it. Locked is no more than what a claim
    # changes: workers that refer to the run needn't wait.
    query = select(IngestRun.status, IngestRun.worker).where(IngestRun.id == run_id).with_for_update(key_share=True)
    if context.session.execute(query).one() != (RunStatus.PROCESSING, context.by.worker):
        raise StagingStopped


def _complete(context: Context, run_id: int, total: int, text: str) -> None:
    session = context.session
    with writing(session):
        _still_ours(context, run_id)
        values = {"total": total, "staged": total, "staged_at": utcnow()}
        session.execute(update(IngestRun).where(IngestRun.id == run_id).values(values))
        claims.release_run(session, run_id, context.by.worker)
        timeline.record(session, "run", run_id, "Staged", f"{text}: {total:,} rows.", rows=total)
    finishing.settle(context, run_id)
