"""What becomes of rows whose key is in the table already or comes again in the same chunk, and of refused ones."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from portal.importers import OnDuplicate
from portal.runs.engine.frames import ROW
from portal.runs.engine.target.refusals import Refusal
from portal.runs.engine.target.rounds import Range
from portal.runs.engine.target.table import RowsRefused, Table

ONE_BY_ONE = 256
"""A refused range of so many rows isn't halved any further."""

ONE_BY_ONE_WITH_OTHERS = 16
"""The same where rows of other tables belong to them: a statement costs more there, and a row needs several."""


@dataclass
class Written:
    """What didn't go in, by row number: rows that the database refused, rows whose key was there. `skipped` counts
    rows that were left out on purpose; `left_out` are their numbers, where the importer follows its rows."""

    refused: list[tuple[int, Refusal]] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    skipped: int = 0
    left_out: list[int] = field(default_factory=list)

    def with_those_of(self, other: Written) -> Written:
        """What didn't go into either of two tables."""
        return Written(
            self.refused + other.refused,
            self.duplicates + other.duplicates,
            self.skipped + other.skipped,
            self.left_out + other.left_out,
        )

    @property
    def not_in(self) -> set[int]:
        """The numbers of all rows that didn't go in."""
        return {*self.left_out, *self.duplicates, *(number for number, _ in self.refused)}


def write_by_strategy(table: Table, rehearsed: pl.Series | None = None) -> Written:
    """Write the rows that `table` has prepared. `rehearsed` (row numbers) are those whose key earlier rows of a dry
    run would have brought in."""
    written = _written(table, rehearsed) if table.rows.height else Written()
    written.refused += table.refused_before
    return written


def _written(table: Table, rehearsed: pl.Series | None) -> Written:
    rounds = table.rounds
    at_once = len(rounds) == 1 and (rehearsed is None or not len(rehearsed)) and not table.weighs_age
    if at_once and (table.updates or table.seem_new()):
        try:
            return _left_alone(table, table.write_all())
        except RowsRefused:
            pass  # none is in; now one has to know which
    table.stage()
    return _update(table, rounds, rehearsed) if table.updates else _insert_new(table, rounds, rehearsed)


def _update(table: Table, rounds: list[Range], rehearsed: pl.Series | None) -> Written:
    written, refused = 0, []
    older = set() if rehearsed is None else set(_positions(table, rehearsed))
    table.leave_out(sorted(older))
    for first, last in rounds:
        if table.keeps_newer:  # a row that is older is left out even where the table would refuse it
            late = table.older_positions(first, last)
            table.leave_out(late)
            older |= set(late)
        more, positions = _halved(table, first, last)
        written += more
        refused += positions
    outcome = _left_alone(table, written + len(refused))
    outcome.refused = _numbered(table, refused)
    outcome.left_out = _numbers(table, sorted(older - {place for place, _ in refused}))
    return outcome


def _left_alone(table: Table, written: int) -> Written:
    """Rows that are older than what is there count as skipped; where a table has nothing to update, none does."""
    older = table.rows.height - written if table.keeps_newer else 0
    return Written(skipped=older)


def _insert_new(table: Table, rounds: list[Range], rehearsed: pl.Series | None) -> Written:
    there = set(table.existing_positions()) if table.definition.key else set()
    if rehearsed is not None:
        there |= set(_positions(table, rehearsed))
    table.leave_out(sorted(there))
    refused: list[tuple[int, Refusal]] = []
    for number, (first, last) in enumerate(rounds):
        if number:
            repeated = _after_one_that_went_in(table, first, last, {place for place, _ in refused} | there)
            there |= set(repeated)
            table.leave_out(repeated)
        refused += _halved(table, first, last)[1]
    outcome = Written(refused=_numbered(table, refused))
    if table.definition.on_duplicate == OnDuplicate.SKIP:
        outcome.skipped, outcome.left_out = len(there), _numbers(table, sorted(there))
    else:
        outcome.duplicates = _numbers(table, sorted(there))
    return outcome


def _halved(table: Table, first: int, last: int) -> tuple[int, list[tuple[int, Refusal]]]:
    """Write a range; where the database refuses it, its halves, until the refused rows stand alone."""
    try:
        return table.write_range(first, last), []
    except RowsRefused:
        if last - first < (ONE_BY_ONE_WITH_OTHERS if table.related else ONE_BY_ONE):
            return table.write_each(first, last)
    middle = (first + last) // 2
    written, refused = _halved(table, first, middle)
    more_written, more_refused = _halved(table, middle + 1, last)
    return written + more_written, refused + more_refused


def _after_one_that_went_in(table: Table, first: int, last: int, not_in: set[int]) -> list[int]:
    """Those positions of a range whose key was written in an earlier round or was there before it: a row has its
    chance only if the database refused all earlier ones of its key."""
    earlier = table.rows.head(first - 1).with_row_index("position", offset=1)
    refused = earlier.filter(pl.col("position").is_in(sorted(not_in)))
    key = list(table.definition.key)
    here = table.rows.slice(first - 1, last - first + 1).with_row_index("position", offset=first)
    came_in = earlier.join(refused, on="position", how="anti")
    return here.join(came_in, on=key, how="semi")["position"].to_list()


def _positions(table: Table, numbers: pl.Series) -> list[int]:
    return [place + 1 for place in table.rows[ROW].is_in(numbers.implode()).arg_true()]


def _numbers(table: Table, positions: list[int]) -> list[int]:
    return table.rows[ROW].gather([place - 1 for place in positions]).to_list()


def _numbered(table: Table, refused: list[tuple[int, Refusal]]) -> list[tuple[int, Refusal]]:
    numbers = _numbers(table, [place for place, _ in refused])
    return [(number, refusal) for number, (_, refusal) in zip(numbers, refused, strict=True)]
