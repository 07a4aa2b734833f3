"""Dry runs and checks take back what they write, so a row can't find an earlier one of the same file in the table.

This tells which rows would have found one, from the chunks that were rehearsed before.
"""

from __future__ import annotations

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.importers import Definition, OnDuplicate
from portal.lifecycle import RowStatus
from portal.runs.engine.claims import Claim
from portal.runs.engine.context import Context
from portal.runs.engine.frames import ROW
from portal.runs.engine.keys import typed_keys
from portal.runs.engine.related.tables import chosen_tables
from portal.runs.models import IngestChunk, IngestRow, IngestRun

TABLE, BEFORE = "_table", "_before"


def rows_after_rehearsed_ones(context: Context, claim: Claim, definition: Definition, good: pl.DataFrame) -> pl.Series:
    """The numbers of those rows of `good` whose key an earlier chunk of this run would have brought in."""
    if not definition.key or definition.on_duplicate in (OnDuplicate.UPDATE, OnDuplicate.UPSERT):
        return pl.Series(ROW, [], dtype=pl.Int64)
    run = context.session.get_one(IngestRun, claim.run_id)
    stayed_out = select(IngestRow.row_number).where(
        IngestRow.run_id == run.id, IngestRow.status != RowStatus.SUCCESSFUL
    )
    not_in = pl.Series(ROW, context.session.scalars(stayed_out).all(), pl.Int64)
    found = [pl.Series(ROW, [], dtype=pl.Int64)]
    for storage_key in _earlier_waves(context, claim):
        with context.storage.open(storage_key) as file:
            frame = pl.read_ipc(file.read())
        frame = frame.filter(~pl.col(ROW).is_in(not_in.implode()))
        keys = typed_keys(frame, run.headers, run.mapping, definition, _compared(definition, good))
        if keys is not None:
            found.append(_after(keys, good, definition)[ROW])
    return pl.concat(found).unique()


def _compared(definition: Definition, good: pl.DataFrame) -> list[str]:
    """The columns beside the key that tell whether an earlier row counts."""
    chosen = definition.table_by
    return [name for name in (definition.newer_by, chosen.column if chosen else "") if name in good.columns]


def _after(earlier: pl.DataFrame, good: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """Those of `good` that an earlier row of the same key and table keeps out, in the one way or the other."""
    rows, before = (frame.with_columns(chosen_tables(frame, definition).alias(TABLE)) for frame in (good, earlier))
    newer_by = definition.newer_by
    if not newer_by:
        return rows.join(before, on=[*definition.key, TABLE], how="semi")
    if newer_by not in rows.columns:  # then no earlier row is newer than what comes later
        return rows.clear()
    there = before.select(*definition.key, TABLE, pl.col(newer_by).alias(BEFORE)).drop_nulls(BEFORE)
    pairs = rows.join(there, on=[*definition.key, TABLE], how="inner")
    return pairs.filter(~(pl.col(newer_by) > pl.col(BEFORE)).fill_null(False))


def _earlier_waves(context: Context, claim: Claim) -> list[str]:
    own = aliased(IngestChunk)
    query = (
        select(IngestChunk.storage_key)
        .join(own, own.run_id == IngestChunk.run_id)
        .where(own.id == claim.chunk_id, IngestChunk.wave < own.wave)
    )
    return list(context.session.scalars(query))
