"""What every database's table can do for a run: the steps that `strategies.py` puts together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError, ProgrammingError

from portal.importers import Definition, OnDuplicate
from portal.runs.engine.frames import ROW
from portal.runs.engine.target.refusals import Refusal
from portal.runs.engine.target.related import RelatedRows
from portal.runs.engine.target.rounds import Range, in_rounds

PROBED_KEYS = 20
"""How many of a chunk's keys are looked for in the table, to guess whether its rows are new."""

UPDATING = (OnDuplicate.UPDATE, OnDuplicate.UPSERT, OnDuplicate.UPDATE_IF_NEWER)


class RowsRefused(Exception):
    """The database took none of the rows, since it refuses at least one of them."""


class Table(ABC):
    """The importer's table on one connection, and the rows that are about to be written.

    Rows are known by their position in what `prepare` was given, counted from 1. `place` tells this table apart from
    others that are written at the same time.
    """

    beside: str
    """Where the rows are staged."""
    position: str
    """The column there that has their positions."""

    def __init__(self, connection: Connection, definition: Definition, place: int = 0) -> None:
        self.connection = connection
        self.definition = definition
        self.place = place
        self.rows = pl.DataFrame({ROW: []}, schema={ROW: pl.Int64})
        self.rounds: list[Range] = []
        """The ranges of positions in which no key comes twice, in the order in which they are to be written."""
        self.refused_before: list[tuple[int, Refusal]] = []
        """Row numbers of what the database is known to refuse without being asked; not among `rows`."""
        self.related: Sequence[RelatedRows] = ()

    def prepare(self, rows: pl.DataFrame, *, distinct: bool, related: Sequence[RelatedRows] = ()) -> None:
        """Take `rows` (`_row` and the typed columns to write) and bring them as far as is possible before others have
        to wait for this one's writing. `distinct` says that no key comes twice. `related` are rows of other tables that
        belong to them."""
        self.related = related
        if distinct or not self.definition.key:
            self.rows, self.rounds = rows, [(1, rows.height)]
        else:
            self.rows, self.rounds = in_rounds(rows, self.definition.key)

    @property
    def names(self) -> list[str]:
        """The columns that are written."""
        return [name for name in self.rows.columns if name != ROW]

    @abstractmethod
    def has_any(self, keys: pl.DataFrame) -> bool:
        """Whether one of `keys`, which are few, is in the table."""

    @abstractmethod
    def write_all(self) -> int:
        """Write all rows in the quickest way; returns how many were inserted or changed.

        Raises RowsRefused when one of them is refused, and none of them is written then.
        """

    @abstractmethod
    def stage(self) -> None:
        """Have the rows beside the table, where the following methods find them."""

    @abstractmethod
    def staged(self, name: str) -> str:
        """The column `name` of the staged rows, which are called `s`."""

    @abstractmethod
    def fitted(self, table: str, column: str, value: str, kind: pl.DataType) -> str:
        """The staged `value` of that kind, as an INSERT into a column of a table needs it."""

    @abstractmethod
    def same_key(self) -> str:
        """The condition that a row of the table, which is called `t`, has the key of a staged one."""

    @abstractmethod
    def not_among(self, these: Sequence[str], those: Sequence[str], rest: str) -> str:
        """The condition that `these` values aren't what a query has in its columns `those`; `rest` is the query from
        its FROM on, which ends with a condition. Quick without any index, whatever the number of rows."""

    def existing_positions(self) -> list[int]:
        """The positions of those rows whose key is in the table."""
        return self._positions_where(self.same_key())

    def older_positions(self, first: int, last: int) -> list[int]:
        """The positions of those rows in the range that are no newer than what is in the table."""
        newer_by = self.definition.newer_by
        there, given = f"t.{self.quoted(newer_by)}", "NULL"
        if newer_by in self.names:
            given = self.fitted(self.definition.table, newer_by, self.staged(newer_by), self.rows[newer_by].dtype)
        older = f"({there} IS NULL OR {given} > {there}) IS NOT TRUE"
        return self._positions_where(f"{self.same_key()} AND s.{self.position} BETWEEN {first} AND {last} AND {older}")

    def _positions_where(self, condition: str) -> list[int]:
        # CROSS JOIN keeps SQLite from going through the larger table (https://www.sqlite.org/optoverview.html#crossjoin).
        tables = f"{self.beside} s CROSS JOIN {self.quoted(self.definition.table)} t"
        with driver_cursor(self.connection) as cursor:
            cursor.execute(f"SELECT s.{self.position} FROM {tables} WHERE {condition}")  # noqa: S608 - names are quoted
            return [row[0] for row in cursor.fetchall()]

    @abstractmethod
    def leave_out(self, positions: Sequence[int]) -> None:
        """Forget the staged rows at `positions`."""

    @abstractmethod
    def write_range(self, first: int, last: int) -> int:
        """Write the staged rows of these positions, whose keys are distinct; returns how many were inserted or
        changed. Raises RowsRefused as `write_all`."""

    @abstractmethod
    def write_each(self, first: int, last: int) -> tuple[int, list[tuple[int, Refusal]]]:
        """Write the staged rows of these positions one by one; returns how many were inserted or changed, and the
        refused positions."""

    def seem_new(self) -> bool:
        """Whether none of some keys, taken evenly from all rows, is in the table."""
        if not self.definition.key or not self.rows.height:
            return True
        step = max(self.rows.height // PROBED_KEYS, 1)
        return not self.has_any(self.rows.select(self.definition.key).gather_every(step))

    @property
    def updates(self) -> bool:
        """Whether a row whose key is there changes what is there."""
        return bool(self.definition.key) and self.definition.on_duplicate in UPDATING

    @property
    def keeps_newer(self) -> bool:
        """Whether a row leaves alone what is in the table where that is newer."""
        return self.definition.on_duplicate == OnDuplicate.UPDATE_IF_NEWER

    @property
    def weighs_age(self) -> bool:
        """Whether it must be known which rows are older than what is there, since they leave alone what belongs to it,
        or are to be told of; to count them is quicker."""
        return self.keeps_newer and (bool(self.related) or self.definition.follows_rows)

    def quoted(self, name: str) -> str:
        """`name` as an identifier in SQL; a table may have its schema before a point."""
        return quoted(self.connection, name)

    def into(self) -> str:
        """The beginning of an INSERT of the columns that are written. What is in the table is called `there`."""
        columns = ", ".join(self.quoted(name) for name in self.names)
        return f"INSERT INTO {self.quoted(self.definition.table)} AS there ({columns})"

    def on_conflict(self) -> str:
        """The end of an INSERT that settles what happens to a row whose key is there; empty where it is refused."""
        if not self.updates:
            return ""
        key = ", ".join(self.quoted(name) for name in self.definition.key)
        others = [self.quoted(name) for name in self.names if name not in self.definition.key]
        if not others:
            return f" ON CONFLICT ({key}) DO NOTHING"
        changes = ", ".join(f"{name} = excluded.{name}" for name in others)
        return f" ON CONFLICT ({key}) DO UPDATE SET {changes}{self._if_newer()}"

    def _if_newer(self) -> str:
        if not self.keeps_newer:
            return ""
        newer_by = self.quoted(self.definition.newer_by)
        return f" WHERE there.{newer_by} IS NULL OR excluded.{newer_by} > there.{newer_by}"


def quoted(connection: Connection, name: str) -> str:
    """`name` as an identifier in SQL; a table may have its schema before a point."""
    quote = connection.dialect.identifier_preparer.quote
    return ".".join(quote(part) for part in name.split("."))


@contextmanager
def within_savepoint(cursor: Any, refusing: tuple[type[Exception], ...]) -> Iterator[None]:
    """What is done within is taken back where one of the errors `refusing` shows that the database refuses it."""
    cursor.execute("SAVEPOINT ingest_rows")
    try:
        yield
    except refusing:
        cursor.execute("ROLLBACK TO SAVEPOINT ingest_rows")
        cursor.execute("RELEASE SAVEPOINT ingest_rows")
        raise
    cursor.execute("RELEASE SAVEPOINT ingest_rows")


@contextmanager
def driver_cursor(connection: Connection) -> Iterator[Any]:
    """The driver's own cursor, for what SQLAlchemy would only stand in the way of.

    Trouble of the database, and statements that don't fit it, come out as SQLAlchemy's errors, as everywhere else.
    """
    driver = connection.dialect.loaded_dbapi
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except driver.OperationalError as error:
        raise OperationalError(None, None, error) from error
    except driver.ProgrammingError as error:
        raise ProgrammingError(None, None, error) from error
    finally:
        cursor.close()
