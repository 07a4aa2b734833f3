"""Validation: raw cells in, typed values and failures out, all rows at once. Pure but for the look-ups.

Look-ups ask through a function that the caller gives, so that this module needs no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from portal.importers import Column, Definition, Lookup, Text
from portal.runs.engine import rules
from portal.runs.engine.casting import cast_values
from portal.runs.engine.frames import PROBLEM, ROW, cell
from portal.runs.engine.rules import Failure

FindExisting = Callable[[Lookup, Column, pl.Series], pl.Series]
"""Which of the distinct values of a column are found by its look-up."""


@dataclass(frozen=True)
class FailedCells:
    """The rows that fail in one way: row numbers (Int64) and the raw values (text or null), side by side."""

    failure: Failure
    rows: pl.Series
    values: pl.Series


@dataclass(frozen=True)
class Verdict:
    """`good` has `_row` and a typed column for each column to write; `failed` names the rest, why and where.

    A row may fail in several fields; `bad_rows` has each failed row's number once.
    """

    good: pl.DataFrame
    failed: list[FailedCells]
    bad_rows: pl.Series


def validate(
    frame: pl.DataFrame,
    headers: Sequence[str],
    mapping: Mapping[str, str],
    definition: Definition,
    find_existing: FindExisting,
) -> Verdict:
    """Part the rows of a chunk's frame into those to write and those that failed.

    `mapping` is source header -> column name. Columns that it doesn't name are left out of what is written,
    unless they have a default: an update must not empty what the file doesn't speak of.
    """
    texts = cleaned(frame, headers, mapping, definition)
    values = cast_values(texts, definition)
    failed = list(_malformed(frame))
    well_formed = _well_formed(frame)
    for name in texts.columns:
        raw = frame[cell(headers.index(_header_of(name, mapping)))]
        checks = _checks(definition, name, texts[name], values[name], find_existing)
        failed += _failed_cells(checks, frame[ROW], raw, well_formed)
    bad_rows = _all_rows(failed)
    return Verdict(_good_rows(frame[ROW], values, bad_rows, definition), failed, bad_rows)


def cleaned(
    frame: pl.DataFrame, headers: Sequence[str], mapping: Mapping[str, str], definition: Definition
) -> pl.DataFrame:
    """The mapped cells under their column names, trimmed, null where they mean "missing"."""
    trimmed = frame.select(
        _trimmed(pl.col(cell(headers.index(header))), definition.columns[name]).alias(name)
        for header, name in mapping.items()
    )
    # In a step of its own: in one with the trimming, Polars would trim each cell once for every comparison.
    return trimmed.select(_without_missing(definition.columns[name], definition) for name in trimmed.columns)


def with_defaults(values: pl.DataFrame, definition: Definition, names: Iterable[str]) -> pl.DataFrame:
    """`values` with the defaults of the columns `names` where a cell is missing, or the whole column."""
    defaults = {name: pl.lit(definition.columns[name].default) for name in names}
    return values.with_columns(
        (pl.col(name).fill_null(default) if name in values.columns else default).alias(name)
        for name, default in defaults.items()
        if definition.columns[name].default is not None
    )


def _trimmed(raw: pl.Expr, column: Column) -> pl.Expr:
    return raw.str.strip_chars() if column.trim else raw


def _without_missing(column: Column, definition: Definition) -> pl.Expr:
    text = pl.col(column.name)
    missing = text == ""
    for null_value in definition.missing_values(column):
        missing = missing | (text == null_value)
    return pl.when(~missing).then(text)


def _checks(
    definition: Definition, name: str, text: pl.Series, value: pl.Series, find_existing: FindExisting
) -> Iterator[tuple[Failure, pl.Series]]:
    """Each rule of a column with the mask of rows that break it; a row is to count for the first only."""
    column = definition.columns[name]
    if definition.requires(column):
        yield rules.required(column), text.is_null()
    given = text.is_not_null()
    if not isinstance(column, Text):
        yield rules.wrong_type(column), given & value.is_null()
    if column.pattern:
        yield rules.wrong_pattern(column), given & ~text.str.contains(f"^(?:{column.pattern})$")
    yield from _limit_checks(column, value)
    if column.lookup:
        found = find_existing(column.lookup, column, value.drop_nulls().unique())
        yield rules.not_found(column, column.lookup), value.is_not_null() & ~value.is_in(found.implode())


def _limit_checks(column: Column, value: pl.Series) -> Iterator[tuple[Failure, pl.Series]]:
    measure = value.str.len_chars() if isinstance(column, Text) else value
    minimum, maximum = getattr(column, "minimum", None), getattr(column, "maximum", None)
    if minimum is not None:
        yield rules.too_small(column, minimum), (measure < minimum)
    if maximum is not None:
        yield rules.too_large(column, maximum), (measure > maximum)


def _failed_cells(
    checks: Iterator[tuple[Failure, pl.Series]], rows: pl.Series, raw: pl.Series, open_rows: pl.Series | None
) -> Iterator[FailedCells]:
    for failure, broken in checks:
        mask = broken.fill_null(False)
        if open_rows is not None:
            mask = mask & open_rows
        if mask.any():
            yield FailedCells(failure, rows.filter(mask), raw.filter(mask))
            open_rows = ~mask if open_rows is None else open_rows & ~mask


def _malformed(frame: pl.DataFrame) -> Iterator[FailedCells]:
    if PROBLEM in frame.columns and (bad := frame.filter(pl.col(PROBLEM).is_not_null())).height:
        yield FailedCells(rules.MALFORMED, bad[ROW], bad[PROBLEM])


def _well_formed(frame: pl.DataFrame) -> pl.Series | None:
    return frame[PROBLEM].is_null() if PROBLEM in frame.columns else None


def _all_rows(failed: list[FailedCells]) -> pl.Series:
    if not failed:
        return pl.Series(ROW, [], dtype=pl.Int64)
    return pl.concat([cells.rows for cells in failed]).unique().sort()


def _good_rows(rows: pl.Series, values: pl.DataFrame, bad_rows: pl.Series, definition: Definition) -> pl.DataFrame:
    good = values.insert_column(0, rows)
    if len(bad_rows):
        good = good.filter(~pl.col(ROW).is_in(bad_rows.implode()))
    return with_defaults(good, definition, definition.columns)


def _header_of(name: str, mapping: Mapping[str, str]) -> str:
    return next(header for header, column in mapping.items() if column == name)
