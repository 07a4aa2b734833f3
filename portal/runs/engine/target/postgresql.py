"""A table in PostgreSQL.

New rows go straight in by COPY. Where that is refused, or rows may be there already, they go by COPY into a temporary
table and from there by INSERT, which can tell refused rows apart: ranges are tried within savepoints, and what is left
of them row by row, on the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import polars as pl
from sqlalchemy import Connection

from portal.runs.engine.frames import ROW
from portal.runs.engine.target.postgres_types import (
    column_types,
    comparable,
    converted,
    copy_text,
    has_unique_key,
    rows_with_nul,
    sql_type,
)
from portal.runs.engine.target.refusals import NUL, Refusal, postgres_refusal_of
from portal.runs.engine.target.related import PARENT, RelatedRows, related_statements
from portal.runs.engine.target.table import RowsRefused, Table, driver_cursor, within_savepoint

BESIDE = "pg_temp.ingest_staged"
PLACE = "ingest_position"


class PostgresTable(Table):
    beside = BESIDE
    position = PLACE
    _text = b""
    _each_is_made = False

    def prepare(self, rows: pl.DataFrame, *, distinct: bool, related: Sequence[RelatedRows] = ()) -> None:
        spoken_of = (rows, *(one.values for one in related))
        broken = sorted({number for values in spoken_of for number in rows_with_nul(values)})
        self.refused_before = [(number, Refusal("nul", "", NUL)) for number in broken]
        rows = rows.filter(~pl.col(ROW).is_in(broken)) if broken else rows
        super().prepare(rows, distinct=distinct, related=related)
        self._text = copy_text(self.rows.drop(ROW))

    def has_any(self, keys: pl.DataFrame) -> bool:
        pairs = [comparable(f"t.{self.quoted(name)}", self._types[name], keys[name].dtype) for name in keys.columns]
        same = " AND ".join(f"{there} = k{place}" for place, (there, _) in enumerate(pairs))
        names = ", ".join(f"k{place}" for place in range(len(pairs)))
        wanted = ", ".join(f"%s::text[]::{given}[]" for _, given in pairs)
        # Not a join: the planner, who knows nothing of a table that is being filled, might read all of it.
        there = f"EXISTS (SELECT FROM {self.quoted(self.definition.table)} t WHERE {same} OFFSET 0)"
        query = f"SELECT FROM unnest({wanted}) AS wanted ({names}) WHERE {there} LIMIT 1"
        values = [[None if value is None else str(value) for value in series.to_list()] for series in keys]
        with driver_cursor(self.connection) as cursor:
            return cursor.execute(query, values).fetchone() is not None

    def write_all(self) -> int:
        if self.related or (self.updates and not (self._has_unique_key and self.seem_new())):
            raise RowsRefused  # without such a key, what the other way says of it is the answer
        names = ", ".join(self.quoted(name) for name in self.names)
        self._within_savepoint(lambda cursor: _copy(cursor, self.quoted(self.definition.table), names, self._text))
        return self.rows.height

    def stage(self) -> None:
        columns = ", ".join(f"{self.quoted(name)} {sql_type(self.rows[name].dtype)}" for name in self.names)
        names = ", ".join(self.quoted(name) for name in self.names)
        with driver_cursor(self.connection) as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {BESIDE}")
            place = f"{PLACE} integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
            cursor.execute(f"CREATE TEMP TABLE ingest_staged ({place}, {columns}) ON COMMIT DROP")
            _copy(cursor, BESIDE, names, self._text)
            cursor.execute(f"ANALYZE {BESIDE}")
            for number, related in enumerate(self.related):
                _stage_related(cursor, f"ingest_related_{number}", related.staged(self.rows))

    def staged(self, name: str) -> str:
        return f"s.{self.quoted(name)}"

    def fitted(self, table: str, column: str, value: str, kind: pl.DataType) -> str:
        return converted(value, kind, self._types_of(table).get(column, "text"))

    def same_key(self) -> str:
        same = []
        for name in self.definition.key:
            there, given = comparable(f"t.{self.quoted(name)}", self._types[name], self.rows[name].dtype)
            same.append(f"{there} = {self.staged(name)}::{given}")
        return " AND ".join(same)

    def not_among(self, these: Sequence[str], those: Sequence[str], rest: str) -> str:
        # NOT IN is quick only as long as all fits into work_mem.
        return f"NOT EXISTS (SELECT {rest} AND ({', '.join(these)}) = ({', '.join(those)}))"

    def leave_out(self, positions: Sequence[int]) -> None:
        with driver_cursor(self.connection) as cursor:
            cursor.execute(f"DELETE FROM {BESIDE} WHERE {PLACE} = ANY(%s)", (list(positions),))  # noqa: S608 - our own name

    def write_range(self, first: int, last: int) -> int:
        def write(cursor: Any) -> int:
            insert, *others = self._statements(f"BETWEEN {first} AND {last}")
            written = int(cursor.execute(insert).rowcount)
            for statement in others:
                cursor.execute(statement)
            return written

        return self._within_savepoint(write)

    def write_each(self, first: int, last: int) -> tuple[int, list[tuple[int, Refusal]]]:
        self._make_each()
        with driver_cursor(self.connection) as cursor:
            cursor.execute("SELECT * FROM pg_temp.ingest_write_each(%s, %s)", (first, last))
            found = cursor.fetchall()
        written = sum(changed for _, changed, *_ in found)
        return written, [(place, postgres_refusal_of(*told)) for place, _, *told in found if told[0] is not None]

    def _within_savepoint(self, write: Callable[[Any], int]) -> int:
        with driver_cursor(self.connection) as cursor:
            try:
                with within_savepoint(cursor, refusing(self.connection)):
                    # What a constraint may put off to the commit would take all other rows with it there.
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    return write(cursor)
            except refusing(self.connection) as error:
                raise RowsRefused from error

    def _make_each(self) -> None:
        if not self._each_is_made:
            insert, *others = self._statements("= ingest_place")
            statement = _WRITE_EACH.format(insert=insert, others="".join(f"{other};" for other in others))
            with driver_cursor(self.connection) as cursor:
                cursor.execute("DROP FUNCTION IF EXISTS pg_temp.ingest_write_each(integer, integer)")
                cursor.execute(statement)
            self._each_is_made = True

    def _statements(self, places: str) -> Iterator[str]:
        """The INSERT of the rows, then what brings in all that belongs to them."""
        yield self._insert(places)
        for number, related in enumerate(self.related):
            yield from related_statements(self, related, f"pg_temp.ingest_related_{number}", places)

    def _insert(self, places: str) -> str:
        values = ", ".join(
            converted(f"s.{self.quoted(name)}", self.rows[name].dtype, self._types.get(name, "text"))
            for name in self.names
        )
        rows = f"SELECT {values} FROM {BESIDE} s WHERE s.{PLACE} {places} ORDER BY s.{PLACE}"  # noqa: S608 - names are quoted
        return f"{self.into()} {rows}{self.on_conflict()}"

    @property
    def _types(self) -> dict[str, str]:
        return self._types_of(self.definition.table)

    def _types_of(self, table: str) -> dict[str, str]:
        if table not in self._known_types:
            self._known_types[table] = column_types(self.connection, self.quoted(table))
        return self._known_types[table]

    @cached_property
    def _known_types(self) -> dict[str, dict[str, str]]:
        return {}

    @cached_property
    def _has_unique_key(self) -> bool:
        return has_unique_key(self.connection, self.quoted(self.definition.table), self.definition.key)


def refusing(connection: Connection) -> tuple[type[Exception], ...]:
    """The driver's errors that mean that a row is refused."""
    driver = connection.dialect.loaded_dbapi
    # A key that comes twice in one statement is one, too: it shows that the rows have to be written one by one.
    return driver.IntegrityError, driver.DataError, driver.errors.RaiseException, driver.errors.CardinalityViolation


def copy_in(connection: Connection, table: str, rows: pl.DataFrame) -> None:
    """Bring `rows` by COPY into `table`; a NUL character, which no text there can hold, becomes its symbol."""
    if rows.height:
        rows = rows.with_columns(pl.col(pl.String).str.replace_all("\0", "\N{SYMBOL FOR NULL}", literal=True))
        quote = connection.dialect.identifier_preparer.quote
        with driver_cursor(connection) as cursor:
            _copy(cursor, table, ", ".join(quote(name) for name in rows.columns), copy_text(rows))


def _stage_related(cursor: Any, name: str, rows: pl.DataFrame) -> None:
    columns = ", ".join(f"{column} {sql_type(kind)}" for column, kind in rows.schema.items())
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
    cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
    _copy(cursor, f"pg_temp.{name}", ", ".join(rows.columns), copy_text(rows))
    cursor.execute(f"CREATE INDEX ON pg_temp.{name} ({PARENT})")
    cursor.execute(f"ANALYZE pg_temp.{name}")


def _copy(cursor: Any, table: str, names: str, text: bytes) -> int:
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as copy:
        copy.write(text)
    return int(cursor.rowcount)


_WRITE_EACH = """
CREATE FUNCTION pg_temp.ingest_write_each(first integer, last integer)
RETURNS TABLE (ingest_place integer, changed bigint, state text, words text, detail text, col text, con text)
LANGUAGE plpgsql AS $function$
#variable_conflict use_column
BEGIN
  SET CONSTRAINTS ALL IMMEDIATE;
  FOR number IN first .. last LOOP
    ingest_place := number; state := NULL; changed := 0;
    BEGIN
      {insert};
      GET DIAGNOSTICS changed = ROW_COUNT;
      {others}
    EXCEPTION WHEN integrity_constraint_violation OR data_exception OR raise_exception THEN
      changed := 0;
      GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, words = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL,
        col = COLUMN_NAME, con = CONSTRAINT_NAME;
    END;
    RETURN NEXT;
  END LOOP;
END $function$
"""
"""Row by row on the server: a savepoint for each would cost three ways to it and back."""
