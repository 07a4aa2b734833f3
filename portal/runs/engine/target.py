"""The table that a run writes to: look-ups, existing keys, bulk writing. The only module that knows its SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from operator import length_hint
from typing import Any

import polars as pl
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from portal.importers import Column, Definition, Lookup, OnDuplicate
from portal.runs.engine.duplicates import Refused
from portal.runs.engine.frames import ROW

LOOKUP_BATCH = 500
"""Values in one look-up query."""


class Target:
    """The importer's table on `connection`, inside whatever transaction that has open."""

    def __init__(self, connection: Connection, definition: Definition) -> None:
        self._connection = connection
        self._definition = definition
        self._quote: Callable[[str], str] = connection.dialect.identifier_preparer.quote
        driver = connection.dialect.loaded_dbapi
        self._refusals: tuple[type[Exception], ...] = (driver.IntegrityError, driver.DataError)

    def find_existing(self, lookup: Lookup, column: Column, values: pl.Series) -> pl.Series:
        """Which of `values` the look-up finds. Asks for these alone, so a large table costs no more."""
        name = self._quote(lookup.column or column.name)
        marks = ", ".join("?" * LOOKUP_BATCH)
        # One text for every batch, the last one filled up with nulls: so the driver prepares it only once.
        query = f"SELECT {name} FROM {self._quote(lookup.table)} WHERE {name} IN ({marks})"  # noqa: S608 - names are quoted
        wanted = _stored(values).to_list()
        found: list[object] = []
        with self._cursor() as cursor:
            for start in range(0, len(wanted), LOOKUP_BATCH):
                batch = wanted[start : start + LOOKUP_BATCH]
                cursor.execute(query, batch + [None] * (LOOKUP_BATCH - len(batch)))
                found += [row[0] for row in cursor]
        return pl.Series(values.name, found, dtype=values.dtype, strict=False)

    def existing_rows(self, good: pl.DataFrame) -> pl.Series:
        """The numbers of those rows of `good` whose key is in the table already."""
        key = self._definition.key
        columns = ", ".join(f"k{position}" for position in range(len(key)))
        self._run("DROP TABLE IF EXISTS temp.ingest_keys")
        self._run(f"CREATE TEMP TABLE ingest_keys (row_number, {columns})")
        marks = ", ".join("?" * (len(key) + 1))
        insert_many(self._connection, f"INSERT INTO ingest_keys VALUES ({marks})", good.select(ROW, *key))  # noqa: S608 - no values in it
        same = " AND ".join(f"t.{self._quote(name)} = k{place}" for place, name in enumerate(key))
        join = f"SELECT row_number FROM ingest_keys JOIN {self._quote(self._definition.table)} t ON {same}"  # noqa: S608 - names are quoted
        found = [row[0] for row in self._connection.exec_driver_sql(join)]
        return pl.Series(ROW, found, dtype=pl.Int64)

    def write(self, good: pl.DataFrame) -> Refused:
        """Write all rows of `good` in bulk and in order; rows that the database refuses are left out."""
        statement = self._insert_statement(good.columns)
        first, *others = _columns(good.drop(ROW))
        # The iterator of a list tells how many are left in it: so the rows are counted without any code for each.
        counted = iter(first)
        rows = zip(counted, *others, strict=True)
        refused: Refused = []
        with self._cursor() as cursor:
            while length_hint(counted):
                try:
                    cursor.executemany(statement, rows)
                except self._refusals as error:
                    # SQLite takes back the refused row alone (https://www.sqlite.org/lang_conflict.html, ABORT),
                    # so what came before it is in, and it goes on with the next one.
                    refused.append((good[ROW][good.height - length_hint(counted) - 1], str(error)))
        return refused

    def write_firsts(self, good: pl.DataFrame) -> tuple[Refused, list[int]]:
        """Write the first row of each key that the database takes; returns what it refused, and the numbers of
        the rows that came after one that went in."""
        statement, keys = self._insert_statement(good.columns), good.select(self._definition.key).rows()
        refused: Refused = []
        left_out: list[int] = []
        there: set[tuple[object, ...]] = set()
        with self._cursor() as cursor:
            for number, key, row in zip(good[ROW].to_list(), keys, _as_tuples(good.drop(ROW)), strict=True):
                if key in there:
                    left_out.append(number)
                    continue
                try:
                    cursor.execute(statement, row)
                    there.add(key)
                except self._refusals as error:
                    refused.append((number, str(error)))
        return refused, left_out

    def _insert_statement(self, frame_columns: Sequence[str]) -> str:
        definition = self._definition
        names = [name for name in frame_columns if name != ROW]
        columns = ", ".join(self._quote(name) for name in names)
        marks = ", ".join("?" * len(names))
        insert = f"INSERT INTO {self._quote(definition.table)} ({columns}) VALUES ({marks})"  # noqa: S608 - names are quoted
        if definition.on_duplicate != OnDuplicate.UPDATE or not definition.key:
            return insert
        key = ", ".join(self._quote(name) for name in definition.key)
        others = [self._quote(name) for name in names if name not in definition.key]
        changes = ", ".join(f"{name} = excluded.{name}" for name in others)
        return f"{insert} ON CONFLICT ({key}) DO " + (f"UPDATE SET {changes}" if changes else "NOTHING")

    def _run(self, statement: str) -> None:
        self._connection.exec_driver_sql(statement)

    def _cursor(self) -> AbstractContextManager[Any]:
        return driver_cursor(self._connection)


def insert_many(connection: Connection, statement: str, rows: pl.DataFrame) -> None:
    """Run `statement` for each of `rows`."""
    with driver_cursor(connection) as cursor:
        cursor.executemany(statement, _as_tuples(rows))


@contextmanager
def driver_cursor(connection: Connection) -> Iterator[Any]:
    """The driver's own cursor, since it takes rows as they come: SQLAlchemy would want a list of all of them first.

    Trouble of the database comes out as SQLAlchemy's OperationalError, as it does everywhere else.
    """
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except connection.dialect.loaded_dbapi.OperationalError as error:
        raise OperationalError(None, None, error) from error
    finally:
        cursor.close()


def as_stored(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with its values as the database keeps them; worth doing before others wait for the write lock."""
    return frame.select(_stored(series) for series in frame.iter_columns())


def _as_tuples(frame: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    """The rows as the driver takes them, made a column at a time."""
    return zip(*_columns(frame), strict=True)


def _columns(frame: pl.DataFrame) -> list[list[object]]:
    return [_stored(series).to_list() for series in frame.iter_columns()]


def _stored(values: pl.Series) -> pl.Series:
    """`values` as SQLite keeps them: times as text in the form that SQLAlchemy reads back."""
    match values.dtype:
        case pl.Datetime():
            return values.dt.strftime("%Y-%m-%d %H:%M:%S%.6f")
        case pl.Date():
            return values.dt.strftime("%Y-%m-%d")
        case pl.Boolean():
            return values.cast(pl.Int8)
        case pl.Decimal():
            return values.cast(pl.String)
        case _:
            return values
