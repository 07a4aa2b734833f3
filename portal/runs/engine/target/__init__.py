"""The table that a run writes to, in SQLite and in PostgreSQL. The only package that knows their SQL.

`open_table` gives a `Table`; `write_by_strategy` brings rows into one; `load` fills the portal's own tables.
"""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection

from portal.importers import Definition
from portal.runs.engine.target.lookups import LookupTables
from portal.runs.engine.target.postgres_lookups import PostgresLookupTables
from portal.runs.engine.target.postgresql import PostgresTable, copy_in
from portal.runs.engine.target.refusals import Refusal
from portal.runs.engine.target.related import RelatedRows
from portal.runs.engine.target.sqlite import SqliteTable, insert_values
from portal.runs.engine.target.sqlite_lookups import SqliteLookupTables
from portal.runs.engine.target.strategies import Written, write_by_strategy
from portal.runs.engine.target.table import Table

__all__ = [
    "LookupTables",
    "Refusal",
    "RelatedRows",
    "Table",
    "Written",
    "load",
    "lookup_tables",
    "open_table",
    "write_by_strategy",
]


def open_table(connection: Connection, definition: Definition, place: int = 0) -> Table:
    """The importer's table on `connection`, inside whatever transaction that has open. `place` tells it apart from
    others that are written at the same time."""
    return (PostgresTable if _is_postgres(connection) else SqliteTable)(connection, definition, place)


def lookup_tables(connection: Connection) -> LookupTables:
    """The tables that look-ups look into, on `connection`."""
    return (PostgresLookupTables if _is_postgres(connection) else SqliteLookupTables)(connection)


def load(connection: Connection, table: str, rows: pl.DataFrame) -> None:
    """Insert `rows` in bulk into `table` of the portal's own; its columns have the names of the frame's."""
    fill = copy_in if _is_postgres(connection) else insert_values
    fill(connection, table, rows)


def _is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"
