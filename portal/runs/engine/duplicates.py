"""What becomes of rows whose key is in the table already, or comes again in the same chunk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from portal.importers import Definition, OnDuplicate
from portal.runs.engine import rules
from portal.runs.engine.frames import ROW
from portal.runs.engine.validating import FailedCells

Refused = list[tuple[int, str]]
"""Rows that the database itself refused: row number and its words."""


class Writer(Protocol):
    """What writes to the table; see `Target`."""

    def write(self, good: pl.DataFrame) -> Refused: ...
    def write_firsts(self, good: pl.DataFrame) -> tuple[Refused, list[int]]: ...


@dataclass(frozen=True)
class Written:
    """What didn't go in: rows that the database refused, rows skipped on purpose, rows that failed as duplicates."""

    refused: Refused
    skipped: int = 0
    failed: list[FailedCells] = field(default_factory=list)


def write_by_strategy(target: Writer, good: pl.DataFrame, existing: pl.Series, definition: Definition) -> Written:
    """Write `good`, which is in the order of the file; `existing` are the numbers of those whose key is there
    already (not needed where duplicates update: the last row of a key is written last)."""
    if not definition.key or definition.on_duplicate == OnDuplicate.UPDATE:
        return Written(target.write(good))
    fresh = good.filter(~pl.col(ROW).is_in(existing.implode())) if len(existing) else good
    again = fresh.select(definition.key).is_duplicated()
    refused = target.write(fresh.filter(~again))
    left_out: list[int] = []
    if again.any():
        # One by one: while the database refuses rows of a key, the next row of that key has its chance.
        more_refused, left_out = target.write_firsts(fresh.filter(again))
        refused += more_refused
    not_new = pl.concat([existing, pl.Series(ROW, left_out, dtype=pl.Int64)])
    if definition.on_duplicate == OnDuplicate.SKIP:
        return Written(refused, skipped=len(not_new))
    return Written(refused, failed=_failed(good.filter(pl.col(ROW).is_in(not_new.implode())), definition))


def _failed(again: pl.DataFrame, definition: Definition) -> list[FailedCells]:
    if not again.height:
        return []
    parts = [pl.col(name).cast(pl.String) for name in definition.key]
    keys = again.select(pl.concat_str(parts, separator=", ", ignore_nulls=True).alias("value")).to_series()
    return [FailedCells(rules.duplicate(definition.key), again[ROW], keys)]
