"""The tables that look-ups look into, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from portal.importers import Lookup
from portal.runs.engine.target.lookups import LookupTables, columns_of
from portal.runs.engine.target.postgres_types import column_types, comparable, converted
from portal.runs.engine.target.postgresql import refusing
from portal.runs.engine.target.refusals import Refusal, postgres_refusal
from portal.runs.engine.target.table import driver_cursor, quoted

LOOKUP_BATCH = 10_000
"""Values in one look-up query."""


class PostgresLookupTables(LookupTables):
    def pairs(self, lookup: Lookup, values: pl.Series) -> Iterator[tuple[Any, Any]]:
        table = quoted(self.connection, lookup.table)
        name, returned = (quoted(self.connection, column) for column in columns_of(lookup))
        kind = column_types(self.connection, table).get(columns_of(lookup)[0], "text")
        there, given = comparable(name, kind, values.dtype)
        query = f"SELECT {name}, {returned} FROM {table} WHERE {there} = ANY(%s::text[]::{given}[])"  # noqa: S608 - names are quoted
        wanted = [text for text in _texts(values) if text is not None and "\0" not in text]
        with driver_cursor(self.connection) as cursor:
            for start in range(0, len(wanted), LOOKUP_BATCH):
                yield from cursor.execute(query, (wanted[start : start + LOOKUP_BATCH],))

    def reserve(self, table: str) -> None:
        with driver_cursor(self.connection) as cursor:
            lock = "SELECT pg_advisory_xact_lock(hashtextextended('ingest-portal ' || %s::regclass::oid, 0))"
            cursor.execute(lock, (quoted(self.connection, table),))

    def insert(self, table: str, rows: pl.DataFrame) -> None:
        types = column_types(self.connection, table)
        names = ", ".join(quoted(self.connection, name) for name in rows.columns)
        given = [f"g{place}" for place in range(rows.width)]
        values = ", ".join(
            converted(f"{one}::text", pl.String(), types.get(name, "text"))
            for one, name in zip(given, rows.columns, strict=True)
        )
        lists = ", ".join(["%s::text[]"] * rows.width)
        query = f"SELECT {values} FROM unnest({lists}) AS given ({', '.join(given)})"  # noqa: S608 - our own names
        with driver_cursor(self.connection) as cursor:
            insert = f"INSERT INTO {table} ({names}) {query} ON CONFLICT DO NOTHING"
            cursor.execute(insert, [_texts(series) for series in rows.iter_columns()])

    @property
    def refusing(self) -> tuple[type[Exception], ...]:
        return refusing(self.connection)

    def refusal(self, error: Exception) -> Refusal:
        return postgres_refusal(error)


def _texts(values: pl.Series) -> list[str | None]:
    return [None if value is None else str(value) for value in values.to_list()]
