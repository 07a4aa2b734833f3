"""The tables that look-ups look into, in SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from portal.importers import Lookup
from portal.runs.engine.target.lookups import LookupTables, columns_of
from portal.runs.engine.target.refusals import Refusal, sqlite_refusal
from portal.runs.engine.target.sqlite import insert_values, refusing, stored
from portal.runs.engine.target.table import driver_cursor, quoted

LOOKUP_BATCH = 500
"""Values in one look-up query."""


class SqliteLookupTables(LookupTables):
    def pairs(self, lookup: Lookup, values: pl.Series) -> Iterator[tuple[Any, Any]]:
        name, returned = (quoted(self.connection, column) for column in columns_of(lookup))
        marks = ", ".join("?" * LOOKUP_BATCH)
        # One text for every batch, the last one filled up with nulls: so the driver prepares it only once.
        query = f"SELECT {name}, {returned} FROM {quoted(self.connection, lookup.table)} WHERE {name} IN ({marks})"  # noqa: S608 - names are quoted
        wanted = stored(values).to_list()
        with driver_cursor(self.connection) as cursor:
            for start in range(0, len(wanted), LOOKUP_BATCH):
                batch = wanted[start : start + LOOKUP_BATCH]
                yield from cursor.execute(query, batch + [None] * (LOOKUP_BATCH - len(batch)))

    def reserve(self, table: str) -> None:
        """Whoever writes in SQLite is alone."""

    def insert(self, table: str, rows: pl.DataFrame) -> None:
        insert_values(self.connection, table, rows, ending=" ON CONFLICT DO NOTHING")

    @property
    def refusing(self) -> tuple[type[Exception], ...]:
        return refusing(self.connection)

    def refusal(self, error: Exception) -> Refusal:
        return sqlite_refusal(error)
