"""How values get from a frame into PostgreSQL's types."""

from __future__ import annotations

import io
from collections.abc import Sequence

import polars as pl
from sqlalchemy import Connection

from portal.runs.engine.frames import ROW
from portal.runs.engine.target.table import driver_cursor

TEXTS = ("text", "character varying", "character", '"char"', "citext", "name")
WHOLE = ("smallint", "integer", "bigint")
NUMBERS = (*WHOLE, "numeric", "real", "double precision")

_COLUMNS = """
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""


def column_types(connection: Connection, table: str) -> dict[str, str]:
    """The type of each column of `table` (quoted), without length or precision."""
    with driver_cursor(connection) as cursor:
        return dict(cursor.execute(_COLUMNS, (table,)).fetchall())


_UNIQUE_KEYS = """
SELECT array_agg(attname ORDER BY attname)
FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY(indkey)
WHERE indrelid = %s::regclass AND indisunique AND indpred IS NULL AND indexprs IS NULL
GROUP BY indexrelid
"""


def has_unique_key(connection: Connection, table: str, key: Sequence[str]) -> bool:
    """Whether `table` (quoted) has a unique index over exactly the columns of `key`."""
    with driver_cursor(connection) as cursor:
        found = cursor.execute(_UNIQUE_KEYS, (table,)).fetchall()
    return any(sorted(names) == sorted(key) for (names,) in found)


def sql_type(kind: pl.DataType) -> str:
    """The type that takes every value of `kind`."""
    match kind:
        case pl.Int64() | pl.Int8():
            return "bigint"
        case pl.Float64():
            return "double precision"
        case pl.Boolean():
            return "boolean"
        case pl.Date():
            return "date"
        case pl.Datetime():
            return "timestamptz"
        case pl.Decimal():
            return "numeric"
        case _:
            return "text"


def comparable(column: str, column_type: str, kind: pl.DataType) -> tuple[str, str]:
    """`column` as it is compared with values of `kind`, and the type to bring those to: none of them can be out of
    its range, and the column's own index is of use wherever the types go together."""
    given = sql_type(kind)
    if given == "text":
        return (column, given) if column_type in TEXTS else (f"{column}::text", given)
    if given == column_type or (given in NUMBERS and column_type in NUMBERS):
        return column, given
    if given in ("date", "timestamptz") and column_type.startswith(("date", "timestamp")):
        return column, given
    return f"{column}::text", "text"


def converted(value: str, kind: pl.DataType, column_type: str) -> str:
    """`value`, of the type that `sql_type` gives, as an INSERT into a column needs it. Lengths are left to the
    assignment, which refuses what is too long, where a cast would cut it off."""
    given = sql_type(kind)
    if given == "text":
        return value if column_type in TEXTS else f"{value}::{column_type}"
    if column_type in TEXTS:
        return f"{value}::text"
    if given == "boolean" and column_type in NUMBERS:
        return f"{value}::integer"
    if given == "timestamptz" and column_type == "timestamp without time zone":
        return f"({value} AT TIME ZONE 'UTC')"
    return value


def copy_text(rows: pl.DataFrame) -> bytes:
    """`rows` as COPY's CSV takes them: texts in quotes, so that the empty one differs from none at all."""
    text = io.BytesIO()
    times = [_moment(series) for series in rows.iter_columns() if isinstance(series.dtype, pl.Datetime)]
    rows.with_columns(times).write_csv(text, include_header=False, quote_style="non_numeric", null_value="")
    return text.getvalue()


def _moment(values: pl.Series) -> pl.Series:
    return values.dt.strftime("%Y-%m-%d %H:%M:%S%.6f+00")


def rows_with_nul(rows: pl.DataFrame) -> list[int]:
    """The numbers of rows with a text that holds a NUL character, which PostgreSQL has no way to keep."""
    texts = [name for name, kind in rows.schema.items() if isinstance(kind, pl.String)]
    if not texts:
        return []
    holds = pl.any_horizontal(pl.col(name).str.contains("\0", literal=True).fill_null(False) for name in texts)
    return rows.filter(holds)[ROW].to_list()
