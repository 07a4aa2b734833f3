"""A table in SQLite.

Rows are first put into a temporary table, which takes no lock that others wait for; from there one statement brings
them in, without a step through Python for each. So the one write lock of SQLite is held for a third of the time that
`executemany` into the table itself takes (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
from sqlalchemy import Connection

from portal.runs.engine.frames import ROW
from portal.runs.engine.target.refusals import Refusal, sqlite_refusal
from portal.runs.engine.target.related import PARENT, RelatedRows, related_statements
from portal.runs.engine.target.table import RowsRefused, Table, driver_cursor, within_savepoint

VALUES = 900
"""Values in one INSERT; SQLite before 3.32 takes no more than 999 (https://www.sqlite.org/limits.html)."""


class SqliteTable(Table):
    position = "rowid"

    def prepare(self, rows: pl.DataFrame, *, distinct: bool, related: Sequence[RelatedRows] = ()) -> None:
        super().prepare(rows, distinct=distinct, related=related)
        columns = [f"c{position}" for position in range(len(self.names))]
        self._source = ", ".join(columns)
        self.beside = f"temp.ingest_staged_{self.place}_{len(columns)}"
        self._stage(self.beside, self.rows.drop(ROW).rename(dict(zip(self.names, columns, strict=True))))
        self._beside_related = [self._stage_related(one, number) for number, one in enumerate(related)]

    def has_any(self, keys: pl.DataFrame) -> bool:
        one = " AND ".join(f"{self.quoted(name)} = ?" for name in keys.columns)
        either = " OR ".join([f"({one})"] * keys.height)
        query = f"SELECT 1 FROM {self.quoted(self.definition.table)} WHERE {either} LIMIT 1"  # noqa: S608 - names are quoted
        with driver_cursor(self.connection) as cursor:
            return cursor.execute(query, _flat(keys)).fetchone() is not None

    def write_all(self) -> int:
        return self.write_range(1, self.rows.height)

    def stage(self) -> None:
        """`prepare` has done it."""

    def staged(self, name: str) -> str:
        return f"s.c{self.names.index(name)}"

    def fitted(self, table: str, column: str, value: str, kind: pl.DataType) -> str:  # noqa: ARG002 - SQLite's columns take all
        return value

    def same_key(self) -> str:
        return " AND ".join(f"t.{self.quoted(name)} = {self.staged(name)}" for name in self.definition.key)

    def not_among(self, these: Sequence[str], those: Sequence[str], rest: str) -> str:
        # Unlike EXISTS, IN makes an index of what it looks through (https://www.sqlite.org/lang_expr.html#in_op).
        return f"({', '.join(these)}) NOT IN (SELECT {', '.join(those)} {rest})"

    def leave_out(self, positions: Sequence[int]) -> None:
        with driver_cursor(self.connection) as cursor:
            cursor.executemany(f"DELETE FROM {self.beside} WHERE rowid = ?", [(place,) for place in positions])  # noqa: S608 - our own name

    def write_range(self, first: int, last: int) -> int:
        with driver_cursor(self.connection) as cursor:
            try:
                return self._write(cursor, first, last)
            except self._refusals as error:
                raise RowsRefused from error

    def write_each(self, first: int, last: int) -> tuple[int, list[tuple[int, Refusal]]]:
        written, refused = 0, []
        with driver_cursor(self.connection) as cursor:
            for position in range(first, last + 1):
                try:
                    written += self._write(cursor, position, position)
                except self._refusals as error:
                    refused.append((position, sqlite_refusal(error)))
        return written, refused

    def _write(self, cursor: Any, first: int, last: int) -> int:
        """One statement takes all rows or none (https://www.sqlite.org/lang_conflict.html, ABORT); where there are
        more, a savepoint does that."""
        if not self.related:
            return int(cursor.execute(self._insert, (first, last)).rowcount)
        with within_savepoint(cursor, self._refusals):
            written = int(cursor.execute(self._insert, (first, last)).rowcount)
            for related, beside in zip(self.related, self._beside_related, strict=True):
                for statement in related_statements(self, related, beside, "BETWEEN ?1 AND ?2"):
                    cursor.execute(statement, (first, last))
            return written

    @property
    def _insert(self) -> str:
        rows = f"SELECT {self._source} FROM {self.beside} WHERE rowid BETWEEN ? AND ?"  # noqa: S608 - our own names
        return f"{self.into()} {rows}{self.on_conflict()}"

    def _stage_related(self, related: RelatedRows, number: int) -> str:
        rows = related.staged(self.rows)
        beside = f"temp.ingest_related_{self.place}_{number}_{rows.width}"
        self._stage(beside, rows)
        index = f"{beside}_{PARENT} ON {beside.removeprefix('temp.')} ({PARENT})"
        self._run(f"CREATE INDEX IF NOT EXISTS {index}")
        return beside

    def _stage(self, beside: str, rows: pl.DataFrame) -> None:
        self._run(f"CREATE TEMP TABLE IF NOT EXISTS {beside.removeprefix('temp.')} ({', '.join(rows.columns)})")
        self._run(f"DELETE FROM {beside}")  # noqa: S608 - our own name; without a condition, so ids begin at 1
        insert_values(self.connection, beside, rows)

    @property
    def _refusals(self) -> tuple[type[Exception], ...]:
        return refusing(self.connection)

    def _run(self, statement: str) -> None:
        self.connection.exec_driver_sql(statement)


def refusing(connection: Connection) -> tuple[type[Exception], ...]:
    """The driver's errors that mean that a row is refused."""
    driver = connection.dialect.loaded_dbapi
    return driver.IntegrityError, driver.DataError


def insert_values(connection: Connection, table: str, rows: pl.DataFrame, *, ending: str = "") -> None:
    """Insert `rows` into `table`, many in one statement, which takes two thirds of the time of `executemany`.
    `ending` is the end of each statement."""
    if not rows.height:
        return
    width = rows.width
    at_once = min(max(VALUES // width, 1), rows.height)
    statement = _values_statement(connection, table, rows.columns, at_once) + ending
    values = _flat(rows)
    with driver_cursor(connection) as cursor:
        for start in range(0, rows.height - at_once + 1, at_once):
            cursor.execute(statement, values[start * width : (start + at_once) * width])
        if rest := rows.height % at_once:
            cursor.execute(_values_statement(connection, table, rows.columns, rest) + ending, values[-rest * width :])


def _values_statement(connection: Connection, table: str, columns: Sequence[str], count: int) -> str:
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    row = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({names}) VALUES {', '.join([row] * count)}"  # noqa: S608 - our own names


def _flat(rows: pl.DataFrame) -> list[Any]:
    """All values row by row, put together a column at a time."""
    values: list[Any] = [None] * (rows.height * rows.width)
    for position, series in enumerate(rows.iter_columns()):
        values[position :: rows.width] = stored(series).to_list()
    return values


def stored(values: pl.Series) -> pl.Series:
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
