"""Rows of other tables that belong to the rows that are written: the statements that bring them in.

They go by the same positions as the rows that they belong to, and in the same savepoint: a row goes in with all that
belongs to it, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from portal.runs.engine.frames import ROW

if TYPE_CHECKING:
    from portal.runs.engine.target.table import Table

PARENT = "parent"
ENTRY = "entry"


@dataclass(frozen=True)
class RelatedRows:
    """Rows of `table`: `values` has, for each, the number of the row that it belongs to (`_row`) and its columns.

    The columns `link` of `table` refer to the columns `refers_to` of the row's table. With `replaces`, all that the
    table has of a row that is updated gives way. `links` says that its one column is a link, which isn't made again
    where it stands.
    """

    table: str
    link: tuple[str, ...]
    refers_to: tuple[str, ...]
    values: pl.DataFrame
    replaces: bool
    links: bool

    @property
    def names(self) -> list[str]:
        """The columns beside the link."""
        return [name for name in self.values.columns if name != ROW]

    def staged(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The values with the positions in `rows` of those that they belong to, in order: `parent`, `entry` and `c0`,
        `c1` ... Those of others are left out."""
        positions = rows.select(ROW, pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(PARENT))
        mine = self.values.join(positions, on=ROW, how="inner", maintain_order="left").sort(PARENT, maintain_order=True)
        columns = [pl.col(name).alias(f"c{place}") for place, name in enumerate(self.names)]
        return mine.select(PARENT, pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ENTRY), *columns)


def related_statements(table: Table, related: RelatedRows, beside: str, positions: str) -> Iterator[str]:
    """What brings those of `related` in, staged in `beside`, that belong to the rows of `table` at the `positions`
    ("BETWEEN 1 AND 20")."""
    sql = _Sql(table, related, beside, positions)
    if table.updates and related.replaces:
        yield sql.delete()
    yield sql.insert()


class _Sql:
    """In it, `l` is the other table, `r` what is staged for it, `s` the staged rows and `t` their table."""

    def __init__(self, table: Table, related: RelatedRows, beside: str, positions: str) -> None:
        self._table, self._related = table, related
        own, join = self._own()
        rows = f"{table.beside} s{join}"
        kinds = related.values.schema
        self._into = table.quoted(related.table)
        self._link = [f"l.{table.quoted(name)}" for name in related.link]
        self._columns = [f"l.{table.quoted(name)}" for name in related.names]
        self._values = [
            table.fitted(related.table, name, f"r.c{place}", kinds[name]) for place, name in enumerate(related.names)
        ]
        same = f" AND {table.same_key()}" if join else ""
        self._owners = f"SELECT {', '.join(own)} FROM {rows} WHERE s.{table.position} {positions}{same}"  # noqa: S608 - names are quoted
        together = f"s.{table.position} = r.{PARENT}{same}"
        self._entries = f"FROM {beside} r CROSS JOIN {rows} WHERE r.{PARENT} {positions} AND {together}"
        self._wanted = [*own, *self._values]
        self._there = f"({', '.join(self._link)}) IN ({self._owners})"

    def delete(self) -> str:
        gone = ""
        if self._related.links:
            gone = f" AND {self._table.not_among([*self._link, *self._columns], self._wanted, self._entries)}"
        return f"DELETE FROM {self._into} AS l WHERE {self._there}{gone}"  # noqa: S608 - names are quoted

    def insert(self) -> str:
        names = ", ".join(self._table.quoted(name) for name in (*self._related.link, *self._related.names))
        new = ""
        if self._related.links:
            told = " AND ".join(f"{name} IS NOT NULL" for name in self._columns)
            linked = f"FROM {self._into} l WHERE {self._there} AND {told}"
            new = f" AND {self._table.not_among(self._wanted, [*self._link, *self._columns], linked)}"
        rows = f"SELECT {', '.join(self._wanted)} {self._entries}{new} ORDER BY r.{ENTRY}"
        return f"INSERT INTO {self._into} ({names}) {rows}"

    def _own(self) -> tuple[list[str], str]:
        """What the links refer to, and the join that it needs: none where it is written with the row."""
        table, related = self._table, self._related
        if set(related.refers_to) <= set(table.names):
            pairs = zip(related.link, related.refers_to, strict=True)
            kinds = table.rows.schema
            return [table.fitted(related.table, link, table.staged(name), kinds[name]) for link, name in pairs], ""
        made = [f"t.{table.quoted(name)}" for name in related.refers_to]
        return made, f" CROSS JOIN {table.quoted(table.definition.table)} t"
