"""From text to typed values, a whole column at a time. What can't be cast becomes null."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import polars as pl

from portal.importers import (
    URL,
    Boolean,
    Choice,
    Column,
    Date,
    DateTime,
    Decimal,
    Definition,
    Email,
    Integer,
    Number,
)
from portal.importers.columns import Numeric
from portal.importers.locales import separators

EMAIL = r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f.]+(\.[^@\s\x00-\x1f.]+)+$"
WEB_ADDRESS = r"^(?i:https?)://[^\s/?#.][^\s]*$"
ZONED = ("%+", "%Y-%m-%dT%H:%M%#z", "%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z")
"""ISO 8601 with a zone, which `%+` wants with seconds and minutes, `%#z` without
(https://docs.rs/chrono/latest/chrono/format/strftime/)."""


def cast_values(texts: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    """The typed values of `texts`, whose columns are named like those of `definition`."""
    plain = [name for name in texts.columns if not _is_time(definition.columns[name])]
    values = texts.with_columns(_cast(pl.col(name), definition.columns[name]).alias(name) for name in plain)
    times = [
        _parse_times(texts[name], definition.columns[name]).alias(name) for name in texts.columns if name not in plain
    ]
    return values.with_columns(times) if times else values


def dtype_of(column: Column) -> pl.DataType:
    """The type that the values of `column` have."""
    nothing = pl.DataFrame({"value": pl.Series([], dtype=pl.String)})
    if _is_time(column):
        return _parse_times(nothing["value"], column).dtype
    return nothing.select(_cast(pl.col("value"), column))["value"].dtype


def _is_time(column: Column) -> bool:
    return isinstance(column, Date | DateTime)


def _cast(text: pl.Expr, column: Column) -> pl.Expr:
    if isinstance(column, Numeric) and column.locale:
        text = _with_point(text, column.locale)
    match column:
        case Integer():
            return text.cast(pl.Int64, strict=False)
        case Number():
            number = text.cast(pl.Float64, strict=False)
            return pl.when(number.is_finite()).then(number)
        case Decimal():
            form = rf"^[+-]?\d{{1,{38 - column.places}}}(\.\d{{0,{column.places}}})?$"
            return pl.when(text.str.contains(form)).then(text).cast(pl.Decimal(38, column.places), strict=False)
        case Boolean():
            words = dict.fromkeys(_lowered(column.false_values), False)
            words |= dict.fromkeys(_lowered(column.true_values), True)
            return text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)
        case Choice():
            return pl.when(text.is_in(list(column.choices))).then(text)
        case Email():
            return pl.when(text.str.contains(EMAIL)).then(text)
        case URL():
            return pl.when(text.str.contains(WEB_ADDRESS)).then(text)
        case _:
            return text


def _with_point(text: pl.Expr, locale: str) -> pl.Expr:
    """A number as it is written in `locale`, with a point instead and no separators of thousands."""
    wanted = separators(locale)
    plain = text.str.replace_all(wanted.group, "").str.replace("−", "-", literal=True)
    return pl.when(text.str.contains(wanted.form)).then(plain.str.replace(wanted.decimal, ".", literal=True))


def _parse_times(text: pl.Series, column: Column) -> pl.Series:
    """The first format that fits a cell counts; the others are tried only while cells are left."""
    parsers = list(_parsers(column))
    result = parsers[0](text)
    for parse in parsers[1:]:
        if result.null_count() == text.null_count():
            break
        result = result.zip_with(result.is_not_null(), parse(text))
    # Beyond these years neither Python nor the databases have dates.
    return result.zip_with(result.dt.year().is_between(1, 9999), result.clear().extend_constant(None, len(result)))


def _lowered(words: Sequence[str]) -> list[str]:
    return [word.lower() for word in words]


def _parsers(column: Column) -> Iterator[Callable[[pl.Series], pl.Series]]:
    if isinstance(column, DateTime):
        yield partial(_parse_zoned, pattern=ZONED[0])
        for pattern in column.formats:
            yield partial(_parse_naive, pattern=pattern)
        for pattern in ZONED[1:]:
            yield partial(_parse_zoned, pattern=pattern)
    if isinstance(column, Date):
        for pattern in column.formats:
            yield partial(_parse_date, pattern=pattern)


def _parse_zoned(text: pl.Series, pattern: str) -> pl.Series:
    return text.str.to_datetime(pattern, time_zone="UTC", time_unit="us", strict=False)


def _parse_naive(text: pl.Series, pattern: str) -> pl.Series:
    return text.str.to_datetime(pattern, time_unit="us", strict=False).dt.replace_time_zone("UTC")


def _parse_date(text: pl.Series, pattern: str) -> pl.Series:
    return text.str.to_date(pattern, strict=False)
