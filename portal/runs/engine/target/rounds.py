"""Rows whose keys come again, put in rounds: the first row of each key, then the second of those that have one. Pure.

One statement can take a key only once; and whether a row has its turn may depend on what became of the one before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

Range = tuple[int, int]
"""First and last position, counted from 1."""


def in_rounds(rows: pl.DataFrame, key: Sequence[str]) -> tuple[pl.DataFrame, list[Range]]:
    """`rows` in the order of their rounds, within each as they were, and the range of each round."""
    round_number = pl.int_range(pl.len()).over(key)
    numbers = rows.select(round_number.alias("round")).to_series()
    counted = numbers.value_counts(sort=False).sort("round")
    if counted.height < 2:
        return rows, [(1, rows.height)]
    return rows.sort(round_number, maintain_order=True), list(_ranges(counted["count"].to_list()))


def _ranges(counts: Sequence[int]) -> Iterator[Range]:
    first = 1
    for count in counts:
        yield first, first + count - 1
        first += count
