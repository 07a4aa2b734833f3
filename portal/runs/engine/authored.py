"""Functions and expressions of the importer's author, called with care: they are not the portal's own code.

A Python function that raises for a row fails that row. An expression is for all rows at once, so where it can't be
evaluated the run ends, with a sentence that names the column.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal as PythonDecimal
from typing import Any

import polars as pl

from portal.errors import PortalError
from portal.importers import Boolean, Column, Date, DateTime, Decimal, Integer, Number
from portal.runs.engine import rules
from portal.runs.engine.rules import Failure


class ImporterBroken(PortalError):
    """What the importer's author wrote can't be done for any row."""

    def __init__(self, what: str, error: BaseException) -> None:
        fix = "Ask the importer's author to mend it, then import the file again."
        super().__init__(f"The importer's {what} can't be worked out: {first_line(error)}.", fix=fix)


@dataclass(frozen=True)
class Broken:
    """A way to fail, and the rows (a mask, null for false) that fail so. `values` are shown with them where the raw
    cells wouldn't tell."""

    failure: Failure
    rows: pl.Series
    values: pl.Series | None = None


def evaluated(frame: pl.DataFrame, make: Callable[[], Any], what: str) -> pl.Series:
    """The one column that the expression of `make` gives for `frame`.

    Raises ImporterBroken, with `what` it is, when it can't be made or evaluated.
    """
    try:
        made = make()
        expression = made if isinstance(made, pl.Expr) else pl.lit(made)
        return frame.with_columns(expression.alias("made"))["made"]
    except (Exception, pl.exceptions.PanicException) as error:  # whatever the author's code raises, or Polars over it
        raise ImporterBroken(what, error) from error


Raised = Callable[[str, str], Failure]
"""The failure of a row for which a function raised an error of that name, with those words."""


def called(function: Callable[..., Any], failure: Raised, *inputs: pl.Series) -> tuple[list[Any], list[Broken]]:
    """What `function` gives for each row of `inputs`, None where it raises, and the rows where it did."""
    given: list[Any] = []
    errors: dict[str, Exception] = {}
    rows: dict[str, list[int]] = {}
    for row, values in enumerate(zip(*(series.to_list() for series in inputs), strict=True)):
        try:
            given.append(function(*values))
        except Exception as error:  # whatever the author's code raises
            given.append(None)
            errors.setdefault(type(error).__name__, error)
            rows.setdefault(type(error).__name__, []).append(row)
    return given, [Broken(failure(name, first_line(errors[name])), _mask(rows[name], len(given))) for name in errors]


def called_for_given(
    function: Callable[[Any], Any], failure: Raised, values: pl.Series
) -> tuple[list[Any], list[Broken]]:
    """As `called`, but a missing value stays missing."""
    return called(lambda value: None if value is None else function(value), failure, values)


def as_texts(values: Sequence[Any]) -> pl.Series:
    """What a function gave, as the texts of cells."""
    texts = [value if value is None or isinstance(value, str) else str(value) for value in values]
    return pl.Series(texts, dtype=pl.String)


def as_values(values: Sequence[Any], column: Column, dtype: pl.DataType) -> tuple[pl.Series, list[Broken]]:
    """What a function gave, as values of the column's kind; null where it isn't one, and the rows of these."""
    fitting = [value if value is None or _fits(value, column) else None for value in values]
    wrong = [given is not None and kept is None for given, kept in zip(values, fitting, strict=True)]
    misfits = [Broken(rules.wrong_result(column), pl.Series(wrong))] if any(wrong) else []
    return pl.Series([_in_utc(value) for value in fitting], dtype=dtype), misfits


def _fits(value: Any, column: Column) -> bool:
    match column:
        case Boolean():
            return isinstance(value, bool)
        case Integer():
            return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
        case Number():
            return isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value)
        case Decimal():
            return isinstance(value, PythonDecimal) and _is_exact(value, column.places)
        case DateTime():
            return isinstance(value, datetime)
        case Date():
            return isinstance(value, date) and not isinstance(value, datetime)
        case _:
            return isinstance(value, str)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that no double can hold
        return False


def _is_exact(value: PythonDecimal, places: int) -> bool:
    _, digits, exponent = value.as_tuple()
    return isinstance(exponent, int) and -exponent <= places and len(digits) + exponent <= 38 - places


def _in_utc(value: Any) -> Any:
    if not isinstance(value, datetime):
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _mask(rows: list[int], height: int) -> pl.Series:
    return pl.repeat(False, height, eager=True).scatter(rows, True)


def first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200].rstrip(".:")
