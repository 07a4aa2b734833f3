"""From the values of a failure group to a fix in words. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rapidfuzz import fuzz, process

from portal.importers import Choice, Column, Date, DateTime, Decimal, Integer, Number
from portal.importers.columns import Numeric

MAX_NAMED = 4
"""How many values a sentence names."""


def fix_for_type(column: Column, values: Sequence[str]) -> str | None:
    """What to do about `values` of the wrong type where they all have one shape; None when they don't."""
    shapes = () if isinstance(column, Numeric) and column.locale else _SHAPES
    for kinds, fits, fix in shapes:
        if isinstance(column, kinds) and all(fits(value) for value in values):
            return fix.format(name=column.name, example=values[0])
    if isinstance(column, Choice):
        return look_alikes(column.name, values, column.choices)
    return None


def fix_for_lookup(column: Column, table: str, values: Sequence[str], distinct: int, known: Sequence[str]) -> str:
    """What to do about values that a look-up doesn't find; `known` are values that it would find."""
    if alike := look_alikes(column.name, values, known):
        return alike
    if distinct == 1:
        return f"Add “{values[0]}” to {table}, or correct {column.name}; then retry these rows."
    return f"Import the {distinct:,} missing {table} ({named(values, distinct)}), then retry these rows."


def look_alikes(name: str, values: Sequence[str], known: Sequence[str]) -> str | None:
    """ "Write “JFK” instead of “jfk” ..." for values that all look like a known one; None when they don't."""
    pairs = []
    for value in values:
        match = process.extractOne(value, known, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=85)
        if match is None:
            return None
        pairs.append(f"“{match[0]}” instead of “{value}”")
    shown = ", ".join(pairs[:MAX_NAMED])
    return f"In {name}, write {shown}{' and so on' if len(pairs) > MAX_NAMED else ''}; then retry." if pairs else None


def named(values: Sequence[str], distinct: int) -> str:
    """“a”, “b”, “c” and 719 others."""
    shown = [f"“{value}”" for value in values[:MAX_NAMED]]
    others = distinct - len(shown)
    if others > 0:
        return f"{', '.join(shown)} and {others:,} other{'s' if others > 1 else ''}"
    return ", ".join(shown[:-1]) + f" and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def _shape(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value.strip()) is not None


_NUMBERS = (Integer, Number, Decimal)
_TIMES = (Date, DateTime)

_SHAPES: tuple[tuple[tuple[type[Column], ...], Callable[[str], bool], str], ...] = (
    (
        (Integer,),
        _shape(r"[+-]?\d+\.0+"),
        "Write {name} without the decimal point (“{example}”), then retry these rows.",
    ),
    (
        _NUMBERS,
        _shape(r"[+-]?\d{1,3}([,'\u00a0\u202f ]\d{3})+(\.\d+)?"),
        "Write {name} without thousands separators (“{example}”), then retry these rows.",
    ),
    (
        _NUMBERS,
        _shape(r"[+-]?\d+,\d+"),
        "Write {name} with a decimal point, not a comma (“{example}”), then retry these rows.",
    ),
    (
        _TIMES,
        _shape(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}.*"),
        "Write {name} with the year first, as 2026-11-21, not “{example}”; then retry these rows.",
    ),
    (
        _TIMES,
        _shape(r"\d{4}/\d{1,2}/\d{1,2}.*"),
        "Write {name} with hyphens, as 2026-11-21, not “{example}”; then retry these rows.",
    ),
)
