"""Doing what `transform` and `after` of a column say, a whole column at a time. Pure but for the author's functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import polars as pl

from portal.importers import Column, Lower, MapValues, Number, Polars, Python, Replace, Slug, Strip, Upper
from portal.importers.transforms import TextStep
from portal.runs.engine import rules
from portal.runs.engine.authored import Broken, as_texts, as_values, called_for_given, evaluated

ACCENTS = "[\u0300-\u036f]"
"""The marks that Unicode's form NFKD takes off Latin, Greek and Cyrillic letters."""

LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
"""Letters that Unicode doesn't take apart, as they are commonly written without them."""

Note = Callable[[str, str, pl.Series], None]
"""Is told of each step: the column, what was done in words, and the column's cells or values after it."""


def unnoted(_name: str, _words: str, _series: pl.Series) -> None:
    """Nobody wants to know."""


def transformed(text: pl.Series, column: Column, note: Note = unnoted) -> tuple[pl.Series, list[Broken]]:
    """The cells `text` after all steps of the column's `transform`, null where they end empty."""
    broken: list[Broken] = []
    for step in column.text_steps:
        text, failures = _step(text, step, column)
        note(column.name, str(step), text)
        broken += failures
    return text.replace("", None) if column.text_steps else text, broken


def adjusted(values: pl.Series, column: Column, note: Note = unnoted) -> tuple[pl.Series, list[Broken]]:
    """The typed `values` after all steps of the column's `after`; their type stays.

    Raises ImporterBroken when an expression can't be evaluated or gives another kind of values.
    """
    broken: list[Broken] = []
    for step in column.value_steps:
        if isinstance(step, Python):
            given, failures = called_for_given(step.function, partial(rules.raised, column), values)
            result, misfits = as_values(given, column, values.dtype)
            failures += misfits
        else:
            result = _evaluated(values, step.function, column, values.dtype)
            result, failures = finite(result, column)
        values = result.alias(column.name)
        note(column.name, str(step), values)
        broken += failures
    return values, broken


def finite(values: pl.Series, column: Column) -> tuple[pl.Series, list[Broken]]:
    """What was divided by zero and the like is no number that a database could keep."""
    if not isinstance(column, Number):
        return values, []
    lost = (~values.is_finite()).fill_null(False)
    if not lost.any():
        return values, []
    return values.set(lost, None), [Broken(rules.not_finite(column), lost)]


def _step(text: pl.Series, step: TextStep, column: Column) -> tuple[pl.Series, list[Broken]]:
    if isinstance(step, Python):
        given, failures = called_for_given(step.function, partial(rules.raised, column), text)
        return as_texts(given).alias(text.name), failures
    change = step.function if isinstance(step, Polars) else partial(_expression, step=step)
    return _evaluated(text, change, column, pl.String()), []


def _evaluated(
    series: pl.Series, change: Callable[[pl.Expr], pl.Expr], column: Column, dtype: pl.DataType
) -> pl.Series:
    name = column.name
    what = f"transform of the column {name}"
    return evaluated(series.to_frame(name), lambda: change(pl.col(name)).cast(dtype), what).alias(name)


def _expression(text: pl.Expr, step: TextStep) -> pl.Expr:
    match step:
        case Lower():
            return text.str.to_lowercase()
        case Upper():
            return text.str.to_uppercase()
        case Strip(characters):
            return text.str.strip_chars(characters)
        case Replace(pattern, by):
            return text.str.replace_all(pattern, by)
        case MapValues(values, "keep"):
            return text.replace(dict(values))
        case MapValues(values, _):
            return text.replace_strict(dict(values), default=None, return_dtype=pl.String)
        case Slug(separator):
            return _slug(text, separator)
        case _:
            raise TypeError(f"{step} is no step for text.")


def _slug(text: pl.Expr, separator: str) -> pl.Expr:
    letters = text.str.to_lowercase().str.normalize("NFKD").str.replace_all(ACCENTS, "").str.to_lowercase()
    plain = letters.str.replace_many(LETTERS).str.normalize("NFC")
    words = plain.str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ").str.strip_chars(" ")
    return words.str.replace_all(" ", separator, literal=True)
