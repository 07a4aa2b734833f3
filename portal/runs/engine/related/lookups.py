"""Look-ups that do more than to see that a value is there: they add it to the table, or give what is written for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl

from portal.importers import Column, Definition, Lookup
from portal.importers.values import replay
from portal.runs.engine import rules
from portal.runs.engine.authored import evaluated
from portal.runs.engine.frames import ROW
from portal.runs.engine.rules import Failure
from portal.runs.engine.target import LookupTables
from portal.runs.engine.validating import FailedCells


@dataclass(frozen=True)
class _Found:
    """What the look-up of `column` has found for its values (`value` and `found`), and which of them it hasn't."""

    column: Column
    lookup: Lookup
    pairs: pl.DataFrame
    missing: pl.Series


class LookedUp:
    """`rows` (`_row` and columns of `definition`) with what their look-ups find, for which the tables are asked at
    once."""

    def __init__(self, tables: LookupTables, definition: Definition, rows: pl.DataFrame) -> None:
        self._tables, self._definition, self._rows = tables, definition, rows
        columns = [definition.columns[name] for name in rows.columns if name in definition.columns]
        found = [self._find(column, column.lookup) for column in columns if column.lookup and column.lookup.changes]
        # Workers wait for each other at the tables that they add to, and never crosswise: so in one order.
        self._found = sorted(found, key=lambda found: found.lookup.table)

    @property
    def is_complete(self) -> bool:
        """Whether all that is to be written is known."""
        return not any(len(found.missing) and found.lookup.returns for found in self._found)

    def complete(self) -> Iterator[FailedCells]:
        """Within the transaction that is open, add to the tables what isn't there, and find it again. Gives the rows
        for which that is refused."""
        for place, found in enumerate(self._found):
            if len(found.missing):
                refused = self._add(found) if found.lookup.create_missing else {}
                self._found[place] = self._find(found.column, found.lookup)
                yield from self._lost(self._found[place], refused)

    def rows(self) -> pl.DataFrame:
        """The rows with the columns that are written, and what is to be written in them."""
        rows = self._rows
        for found in self._found:
            if found.lookup.returns is not None:
                name = found.column.name
                value, written = found.pairs["value"].cast(rows[name].dtype).alias(name), found.pairs["found"]
                known = rows.join(pl.DataFrame([value, written]), on=name, how="left", maintain_order="left")
                rows = known.with_columns(pl.col("found").alias(name)).drop("found")
        columns = self._definition.columns
        return rows.select(name for name in rows.columns if name not in columns or columns[name].written)

    def _find(self, column: Column, lookup: Lookup) -> _Found:
        lookup = lookup.of(column.name)
        values = self._rows[column.name].drop_nulls().unique(maintain_order=True)
        pairs = self._tables.find(lookup, values)
        return _Found(column, lookup, pairs, values.filter(~values.is_in(pairs["value"].implode())))

    def _add(self, found: _Found) -> dict[Failure, list[Any]]:
        """Add the missing values; returns those that are refused, by what is wrong with them."""
        self._tables.reserve(found.lookup.table)
        missing = self._find(found.column, found.lookup).missing  # what others haven't added meanwhile
        made = self._made(found, missing)
        refused: dict[Failure, list[Any]] = {}
        for place, refusal in self._tables.add(found.lookup.table, made) if made.height else ():
            failure = rules.not_added(found.column, found.lookup, refusal.failure)
            refused.setdefault(failure, []).append(made[place, 0])
        return refused

    def _made(self, found: _Found, values: pl.Series) -> pl.DataFrame:
        """The rows to add: each of `values` once, with what the first row that has it says of the other columns."""
        name, what = found.column.name, f"look-up of the column {found.column.name}"
        having = self._rows.filter(pl.col(name).is_in(values.implode()))
        firsts = having.unique(name, keep="first", maintain_order=True).sort(name)
        absent = [other for other in found.lookup.inputs if other not in firsts.columns]
        firsts = firsts.with_columns(pl.lit(None).alias(other) for other in absent)
        create = found.lookup.create
        others = [evaluated(firsts, partial(replay, made, pl.col), what).alias(other) for other, made in create.items()]
        return pl.DataFrame([firsts[name].alias(found.lookup.column or name), *others])

    def _lost(self, found: _Found, refused: dict[Failure, list[Any]]) -> Iterator[FailedCells]:
        """The rows of the values that are still missing."""
        known = {value for values in refused.values() for value in values}
        others = [value for value in found.missing.to_list() if value not in known]
        for failure, values in [*refused.items(), (rules.not_found(found.column, found.lookup), others)]:
            rows = self._rows.filter(pl.col(found.column.name).is_in(values)) if values else self._rows.clear()
            if rows.height:
                yield FailedCells(failure, rows[ROW], rows[found.column.name].cast(pl.String))
