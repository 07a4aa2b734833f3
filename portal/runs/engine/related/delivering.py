"""The good rows of a chunk on their way into the table, or the tables, with all that belongs to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl
from sqlalchemy import Connection

from portal.importers import Definition
from portal.importers.nested import Nested
from portal.importers.targets import target_tables
from portal.runs.engine import rules
from portal.runs.engine.frames import ROW
from portal.runs.engine.related.lookups import LookedUp
from portal.runs.engine.related.nested import nested_columns, related_rows, taken_out
from portal.runs.engine.related.tables import chosen_tables
from portal.runs.engine.target import Table, Written, lookup_tables, open_table, write_by_strategy
from portal.runs.engine.validating import FailedCells


class Delivery:
    """`good` are the rows of a verdict on `definition`; `distinct` says that no key comes twice among them.

    What can be done before others have to wait for this one's writing is done at once.
    """

    def __init__(self, connection: Connection, definition: Definition, good: pl.DataFrame, *, distinct: bool) -> None:
        self._definition, self._good, self._distinct = definition, good, distinct
        lookups = lookup_tables(connection)
        nested = nested_columns(definition, good)
        self._rows = LookedUp(lookups, definition, good.drop(column.name for column in nested))
        self._nested: list[tuple[Nested, LookedUp]] = [
            (column, LookedUp(lookups, column.definition, taken_out(good, column))) for column in nested
        ]
        self._tables: dict[str, Table] = {
            name: open_table(connection, replace(definition, table=name), place)
            for place, name in enumerate(target_tables(definition))
        }
        self._is_prepared = self._rows.is_complete and all(values.is_complete for _, values in self._nested)
        if self._is_prepared:
            self._prepare(good)

    def write(self, rehearsed: pl.Series | None) -> tuple[Written, list[FailedCells]]:
        """Write all in the transaction that is open: what look-ups add, the rows, and what belongs to them. `rehearsed`
        is as for `write_by_strategy`. Returns what didn't go in, and the rows whose look-ups failed."""
        failed = list(self._complete())
        if failed or not self._is_prepared:
            lost = pl.concat([cells.rows for cells in failed]) if failed else self._good[ROW].clear()
            self._prepare(self._good.filter(~pl.col(ROW).is_in(lost.implode())))
        written = Written()
        for table in self._tables.values():
            written = written.with_those_of(write_by_strategy(table, rehearsed))
        return written, failed

    def _complete(self) -> Iterator[FailedCells]:
        yield from self._rows.complete()
        for column, values in self._nested:
            for cells in values.complete():
                first = pl.DataFrame({"row": cells.rows, "value": cells.values}).unique("row", keep="first")
                yield FailedCells(rules.of_child(column, cells.failure), first["row"], first["value"])

    def _prepare(self, good: pl.DataFrame) -> None:
        key = self._definition.key
        rows = self._rows.rows()
        related = [related_rows(values.rows(), column, key) for column, values in self._nested]
        for name, numbers in self._numbers_by_table(good).items():
            mine = rows if len(numbers) == rows.height else rows.filter(pl.col(ROW).is_in(numbers.implode()))
            self._tables[name].prepare(mine, distinct=self._distinct, related=related)

    def _numbers_by_table(self, good: pl.DataFrame) -> dict[str, pl.Series]:
        if len(self._tables) == 1:
            return {self._definition.table: good[ROW]}
        tables = chosen_tables(good, self._definition)
        return {name: good[ROW].filter(tables == name) for name in self._tables}
