"""The tables that look-ups look into: what is found there, and what is added."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

import polars as pl
from sqlalchemy import Connection

from portal.importers import Column, Lookup
from portal.runs.engine.target.refusals import Refusal
from portal.runs.engine.target.table import driver_cursor, quoted, within_savepoint


class LookupTables(ABC):
    """All of them on one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def find_existing(self, lookup: Lookup, column: Column, values: pl.Series) -> pl.Series:
        """Which of `values` the look-up finds. Asks for these alone, so a large table costs no more."""
        return self.find(lookup.of(column.name), values)["value"].alias(values.name)

    def find(self, lookup: Lookup, values: pl.Series) -> pl.DataFrame:
        """Those of `values` (column `value`) that the look-up finds, each with what is to be written for it (`found`):
        itself, or what the look-up returns, the least where several rows have the value."""
        pairs = list(self.pairs(lookup, values))
        value = pl.Series("value", [pair[0] for pair in pairs], dtype=values.dtype, strict=False)
        if lookup.returns is None:
            return pl.DataFrame([value, value.alias("found")])
        found = pl.Series("found", [_plain(pair[1]) for pair in pairs], strict=False)
        whole = pl.DataFrame([value, found.cast(pl.String) if found.dtype == pl.Null else found])
        return whole.sort("found").unique("value", keep="first", maintain_order=True)

    @abstractmethod
    def pairs(self, lookup: Lookup, values: pl.Series) -> Iterable[tuple[Any, Any]]:
        """The value of the looked-up column and of the returned one, in each row with one of `values`."""

    @abstractmethod
    def reserve(self, table: str) -> None:
        """Keep other workers from adding rows to `table` until this transaction ends: a value that two of them miss at
        the same time must not be there twice, even where no constraint of the table forbids it."""

    def add(self, table: str, rows: pl.DataFrame) -> list[tuple[int, Refusal]]:
        """Insert `rows` into `table`, whose columns have the names of the frame's; returns the places, from 0, of those
        that the database refuses."""
        try:
            with driver_cursor(self.connection) as cursor, within_savepoint(cursor, self.refusing):
                self.insert(quoted(self.connection, table), rows)
            return []
        except self.refusing as error:
            if rows.height == 1:
                return [(0, self.refusal(error))]
        middle = rows.height // 2
        later = self.add(table, rows.tail(-middle))
        return [*self.add(table, rows.head(middle)), *((place + middle, refusal) for place, refusal in later)]

    @abstractmethod
    def insert(self, table: str, rows: pl.DataFrame) -> None:
        """Insert `rows` into `table` (quoted), but not what is there already by the table's own constraints."""

    @property
    @abstractmethod
    def refusing(self) -> tuple[type[Exception], ...]:
        """The driver's errors that mean that a row is refused."""

    @abstractmethod
    def refusal(self, error: Exception) -> Refusal:
        """What one of these says."""


def columns_of(lookup: Lookup) -> tuple[str, str]:
    """The looked-up column, and the one that is returned."""
    column = lookup.column or ""
    return column, lookup.returns or column


def _plain(value: Any) -> int | str | None:
    """Keys are whole numbers or texts; others, such as UUIDs, have a text that their column takes."""
    return value if value is None or isinstance(value, int | str) else str(value)
