"""Working out, for all rows at once, what an importer's author wrote over the values of a row."""

from __future__ import annotations

from functools import partial

import polars as pl

from portal.importers import Column, Concat, Python
from portal.importers.transforms import Computed, Condition
from portal.importers.values import replay
from portal.runs.engine.authored import Broken, Raised, as_texts, as_values, called, evaluated
from portal.runs.engine.rules import raised


def computed(rows: pl.DataFrame, column: Column, dtype: pl.DataType) -> tuple[pl.Series, list[Broken]]:
    """What `column` is computed to be for `rows`, which have the values of its inputs: texts, to be read like cells,
    or values of its `dtype`.

    Raises ImporterBroken when it can't be worked out, or gives values of another kind.
    """
    derived: Computed | None = column.computed
    if isinstance(derived, Python):
        given, broken = called(derived.function, partial(raised, column), *(rows[name] for name in derived.columns))
        if column.text_steps or all(value is None or isinstance(value, str) for value in given):
            return as_texts(given), broken
        values, misfits = as_values(given, column, dtype)
        return values, [*broken, *misfits]
    expression = _joined(derived) if isinstance(derived, Concat) else replay(derived, pl.col)
    what = f"column {column.name}"
    made = evaluated(rows, lambda: expression, what)
    if made.dtype == pl.String or column.text_steps:
        return made.cast(pl.String), []
    return evaluated(made.to_frame(column.name), partial(_cast, column.name, dtype), what), []


def holds(rows: pl.DataFrame, condition: Condition, what: str, failure: Raised) -> tuple[pl.Series, list[Broken]]:
    """For which of `rows` the condition holds, null where that can't be told since a value is missing; `what` names
    it, `failure` is that of rows for which its function raises.

    Raises ImporterBroken when it can't be worked out.
    """
    if isinstance(condition, Python):
        given, broken = called(condition.function, failure, *(rows[name] for name in condition.columns))
        truths = [None if value is None else bool(value) for value in given]
        return pl.Series(truths, dtype=pl.Boolean), broken
    return evaluated(rows, lambda: replay(condition, pl.col).cast(pl.Boolean), what), []


def _joined(parts: Concat) -> pl.Expr:
    texts = [pl.col(name).cast(pl.String) for name in parts.columns]
    return pl.concat_str(texts, separator=parts.separator, ignore_nulls=not parts.needs_all)


def _cast(name: str, dtype: pl.DataType) -> pl.Expr:
    return pl.col(name).cast(dtype)
