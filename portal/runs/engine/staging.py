"""Staging: one streaming pass from the source to chunks, which workers begin on while it goes on.

Staging can be begun again at any time: the same source gives the same chunks with the same numbers, and those
that are there already are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import polars as pl
from sqlalchemy import select, update

from portal import timeline
from portal.database import utcnow, writing
from portal.lifecycle import RunStatus, move
from portal.runs.engine import claims, finishing
from portal.runs.engine.casting import cast_values
from portal.runs.engine.context import Context
from portal.runs.engine.repeats import SeenKeys, part_repeats
from portal.runs.engine.sources import Source, open_source
from portal.runs.engine.validating import cleaned
from portal.runs.models import IngestChunk, IngestRun


class StagingStopped(Exception):
    """The run was cancelled, or someone else has taken over."""


def stage_run(context: Context, run_id: int) -> None:
    """Stage the run, if it is this worker's to stage. Errors end the run with a sentence for its user."""
    if not claims.claim_staging(context.session, run_id, context.by):
        return
    try:
        _begin(context, run_id)
        with closing(open_source(context, run_id)) as source:
            _stage(context, run_id, source)
    except StagingStopped:
        with writing(context.session):
            claims.release_staging(context.session, run_id, context.by.worker)
        finishing.settle(context, run_id)
    except Exception as error:  # whatever it is, the run must say so and end
        finishing.give_up_staging(context, run_id, error)


def _begin(context: Context, run_id: int) -> None:
    session = context.session
    with writing(session):
        if move(session, IngestRun, run_id, RunStatus.PROCESSING, started_at=utcnow()):
            timeline.record(session, "run", run_id, "Processing started", "A worker began to read the rows.")
        _still_ours(context, run_id)


def _stage(context: Context, run_id: int, source: Source) -> None:
    with writing(context.session):
        context.session.execute(
            update(IngestRun)
            .where(IngestRun.id == run_id)
            .values(headers=list(source.headers), mapping=source.mapping, source_text=source.text)
        )
    known = dict(_known_chunks(context, run_id))
    total = 0
    for number, (wave, frame) in enumerate(_chunk_frames(source, context.chunk_rows)):
        total += frame.height
        if number not in known:
            _add_chunk(context, run_id, number, wave, frame)
    _complete(context, run_id, total, source.text)


def _chunk_frames(source: Source, chunk_rows: int) -> Iterator[tuple[int, pl.DataFrame]]:
    """The source's rows as (wave, frame): first all rows whose key is new, then in further waves the rest."""
    seen = SeenKeys()
    put_off: list[pl.DataFrame] = []
    for frame in source.frames():
        keys = _typed_keys(frame, source)
        new, repeated = (frame, frame.clear()) if keys is None else part_repeats(frame, keys, seen)
        put_off += [repeated] if repeated.height else []
        for part in new.iter_slices(chunk_rows):
            if part.height:
                yield 0, part
    if put_off:
        for wave, part in enumerate(pl.concat(put_off, how="diagonal").iter_slices(chunk_rows), start=1):
            yield wave, part


def _typed_keys(frame: pl.DataFrame, source: Source) -> pl.DataFrame | None:
    """The key columns as they will be in the table, so that one key in two spellings is one key."""
    definition = source.definition
    mapped = {header: name for header, name in source.mapping.items() if name in definition.key}
    if not definition.key or len(mapped) < len(definition.key):
        return None
    return cast_values(cleaned(frame, source.headers, mapped, definition), definition)


def _known_chunks(context: Context, run_id: int) -> Sequence[tuple[int, int]]:
    query = select(IngestChunk.number, IngestChunk.id).where(IngestChunk.run_id == run_id)
    return [(number, chunk_id) for number, chunk_id in context.session.execute(query)]


def _add_chunk(context: Context, run_id: int, number: int, wave: int, frame: pl.DataFrame) -> None:
    key = f"runs/{run_id}/chunk-{number:06d}.arrow"
    with context.storage.open(key, "wb") as file:
        frame.write_ipc(file)
    session = context.session
    with writing(session):
        _still_ours(context, run_id)
        chunk = IngestChunk(run_id=run_id, number=number, wave=wave, rows=frame.height, storage_key=key)
        session.add(chunk)
        session.execute(update(IngestRun).where(IngestRun.id == run_id).values(staged=IngestRun.staged + frame.height))
        session.flush()
        chunk_id = chunk.id
    if wave == 0:
        context.enqueue_chunk(chunk_id)


def _still_ours(context: Context, run_id: int) -> None:
    query = select(IngestRun.status, IngestRun.worker).where(IngestRun.id == run_id)
    if context.session.execute(query).one() != (RunStatus.PROCESSING, context.by.worker):
        raise StagingStopped


def _complete(context: Context, run_id: int, total: int, text: str) -> None:
    session = context.session
    with writing(session):
        _still_ours(context, run_id)
        values = {"total": total, "staged": total, "staged_at": utcnow()}
        session.execute(update(IngestRun).where(IngestRun.id == run_id).values(values))
        claims.release_staging(session, run_id, context.by.worker)
        timeline.record(session, "run", run_id, "Staged", f"{text}: {total:,} rows.", rows=total)
    finishing.settle(context, run_id)
