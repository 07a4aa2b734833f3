"""What becomes of rows whose key is in the table already, or comes again in the same chunk. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from portal.importers import Definition, OnDuplicate
from portal.runs.engine import rules
from portal.runs.engine.frames import ROW
from portal.runs.engine.validating import FailedCells


@dataclass(frozen=True)
class Parted:
    """`write` goes into the table. `overwritten` rows are as good as written: a later row of the same key in
    this chunk would overwrite them. `skipped` rows are left out on purpose."""

    write: pl.DataFrame
    overwritten: int = 0
    skipped: int = 0
    failed: list[FailedCells] = field(default_factory=list)


def part_duplicates(good: pl.DataFrame, existing: pl.Series, definition: Definition) -> Parted:
    """Decide on each row of `good`, which is in order of row numbers; `existing` are the numbers of those
    whose key is there already (not needed where duplicates update)."""
    if not definition.key:
        return Parted(good)
    if definition.on_duplicate == OnDuplicate.UPDATE:
        last = good.unique(subset=definition.key, keep="last", maintain_order=True)
        return Parted(last, overwritten=good.height - last.height)
    fresh = good.filter(~pl.col(ROW).is_in(existing.implode())) if len(existing) else good
    first = fresh.unique(subset=definition.key, keep="first", maintain_order=True)
    if definition.on_duplicate == OnDuplicate.SKIP:
        return Parted(first, skipped=good.height - first.height)
    return Parted(first, failed=_failed(good, first, definition))


def _failed(good: pl.DataFrame, first: pl.DataFrame, definition: Definition) -> list[FailedCells]:
    again = good.filter(~pl.col(ROW).is_in(first[ROW].implode()))
    if not again.height:
        return []
    parts = [pl.col(name).cast(pl.String) for name in definition.key]
    keys = again.select(pl.concat_str(parts, separator=", ", ignore_nulls=True).alias("value")).to_series()
    return [FailedCells(rules.duplicate(definition.key), again[ROW], keys)]
