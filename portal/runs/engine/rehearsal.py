"""Dry runs take back what they write, so a later row of the same file can't find an earlier one in the table.

This tells which rows would have found one, from the chunks that were rehearsed before.
"""

from __future__ import annotations

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.importers import Definition, OnDuplicate
from portal.runs.engine.claims import Claim
from portal.runs.engine.context import Context
from portal.runs.engine.frames import ROW
from portal.runs.engine.keys import typed_keys
from portal.runs.models import IngestChunk, IngestRow, IngestRun


def rows_after_rehearsed_ones(context: Context, claim: Claim, definition: Definition, good: pl.DataFrame) -> pl.Series:
    """The numbers of those rows of `good` whose key an earlier chunk of this dry run brought in."""
    if not definition.key or definition.on_duplicate == OnDuplicate.UPDATE:
        return pl.Series(ROW, [], dtype=pl.Int64)
    run = context.session.get_one(IngestRun, claim.run_id)
    failed = pl.Series(
        ROW,
        context.session.scalars(select(IngestRow.row_number).where(IngestRow.run_id == run.id)).all(),
        pl.Int64,
    )
    found = [pl.Series(ROW, [], dtype=pl.Int64)]
    for storage_key in _earlier_waves(context, claim):
        with context.storage.open(storage_key) as file:
            frame = pl.read_ipc(file.read())
        frame = frame.filter(~pl.col(ROW).is_in(failed.implode()))
        keys = typed_keys(frame, run.headers, run.mapping, definition)
        if keys is not None:
            found.append(good.join(keys, on=list(definition.key), how="semi")[ROW])
    return pl.concat(found).unique()


def _earlier_waves(context: Context, claim: Claim) -> list[str]:
    own = aliased(IngestChunk)
    query = (
        select(IngestChunk.storage_key)
        .join(own, own.run_id == IngestChunk.run_id)
        .where(own.id == claim.chunk_id, IngestChunk.wave < own.wave)
    )
    return list(context.session.scalars(query))
