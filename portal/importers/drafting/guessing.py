"""What kind of column the texts of a sample are; the engine's own casts decide, so that it takes what is guessed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

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
    Importer,
    Integer,
    Number,
    Text,
)
from portal.runs.engine.casting import cast_values

NULL_WORDS = ("NA", "N/A", "n/a", "#N/A", "NULL", "null", "None", "NaN", "nan", "\\N", "-", "?")
"""What programs write where they have no value."""

WHOLE = r"-?(0|[1-9]\d*)"
"""Without leading zeros: 007 is no number, since writing it as one would lose them."""

FEW_CHOICES, ROWS_FOR_EACH, LONGEST_CHOICE = 10, 10, 40
"""Texts are taken for choices where there are this few, each in this many rows on average, and none is longer."""


@dataclass(frozen=True)
class Guess:
    """A kind of column with its settings; `comment` is what else the values could be, if anything."""

    kind: type[Column]
    settings: dict[str, Any]
    comment: str = ""


@dataclass(frozen=True)
class Candidate:
    """A kind of column that values may be of, if all have the `form` and one of them has the `sign` of it."""

    kind: type[Column]
    settings: dict[str, Any] = field(default_factory=dict)
    form: str = ""
    sign: str = ""
    least: int = 1
    """How many different values there must be."""

    @cached_property
    def definition(self) -> Definition:
        """An importer with this column alone."""
        made: type[Importer] = type("Candidate", (Importer,), {"value": self.kind(**self.settings)}, table="-")
        return made.definition

    def values_of(self, given: pl.Series) -> pl.Series | None:
        """What the texts `given` mean if they are of this kind, else None."""
        if len(given) < self.least or not (_all_like(given, self.form) and given.str.contains(self.sign).any()):
            return None
        values = cast_values(given.alias("value").to_frame(), self.definition)["value"]
        return None if values.null_count() or _has_short_years(values, self.settings) else values


DAYS = (
    *("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%d %b %Y", "%d %B %Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y"),
)


def _dates() -> Iterator[Candidate]:
    for day in DAYS:
        yield Candidate(Date, {} if day == DAYS[0] else {"formats": [day]})
    yield Candidate(DateTime)
    for day in DAYS:
        for time in ("%H:%M", "%H:%M:%S"):
            yield Candidate(DateTime, {"formats": [f"{day} {time}"]})


CANDIDATES = (
    Candidate(Integer, form=WHOLE),
    *(Candidate(Decimal, {"places": places}, form=rf"{WHOLE}\.\d{{{places}}}") for places in (2, 3, 4)),
    Candidate(Number, form=r"-?((0|[1-9]\d{0,14})(\.\d*)?|\.\d+)([eE][+-]\d+)?"),
    Candidate(Boolean, least=2),
    *_dates(),
    Candidate(Email),
    Candidate(URL),
    Candidate(Integer, {"locale": "en"}, sign=","),
    Candidate(Number, {"locale": "en"}, sign=","),
    Candidate(Number, {"locale": "de"}, sign=","),
)
"""In the order in which they are tried."""


def guess(values: pl.Series) -> Guess:
    """The kind of column for the texts `values`, null where one is missing."""
    given = values.drop_nulls().unique(maintain_order=True)
    for place, candidate in enumerate(CANDIDATES):
        meant = candidate.values_of(given)
        if meant is not None:
            others = _other_meanings(given, meant, candidate, CANDIDATES[place + 1 :])
            return Guess(candidate.kind, candidate.settings, others)
    if _are_choices(given, len(values) - values.null_count()):
        return Guess(Choice, {"choices": sorted(given)})
    return Guess(Text, {})


def null_words(rows: pl.DataFrame) -> list[str]:
    """Those NULL_WORDS that stand among values of a kind to which they can't belong."""
    found: set[str] = set()
    for texts in rows.iter_columns():
        there = set(texts.unique()) & set(NULL_WORDS)
        if there and guess(without(texts, NULL_WORDS)).kind not in (Text, Choice):
            found |= there
    return [word for word in NULL_WORDS if word in found]


def without(texts: pl.Series, missing: Sequence[str]) -> pl.Series:
    """`texts` trimmed, null where they are empty or among `missing`."""
    trimmed = texts.str.strip_chars()
    return trimmed.set(trimmed.is_in(["", *missing]), None)


def _all_like(given: pl.Series, form: str) -> bool:
    return not form or bool(given.str.contains(f"^(?:{form})$").all())


def _has_short_years(values: pl.Series, settings: dict[str, Any]) -> bool:
    """Whether a year was written with two digits where four are meant: 21.11.26 would be in the year 26."""
    if values.dtype not in (pl.Date, pl.Datetime) or "%y" in "".join(settings.get("formats", ())):
        return False
    return bool((values.dt.year() < 1000).any())


def _other_meanings(given: pl.Series, meant: pl.Series, chosen: Candidate, others: Sequence[Candidate]) -> str:
    """A sentence where the values could mean something else as dates, or as numbers, of another country."""
    for other in others:
        alike = other.kind is chosen.kind or ("locale" in other.settings and "locale" in chosen.settings)
        if alike and (values := other.values_of(given)) is not None and not values.equals(meant):
            [(name, setting)] = other.settings.items()
            return f"The sample fits {other.kind.__name__}({name}={json.dumps(setting)}) too."
    return ""


def _are_choices(given: pl.Series, rows: int) -> bool:
    few = 1 < len(given) <= FEW_CHOICES and rows >= ROWS_FOR_EACH * len(given)
    return few and bool((given.str.len_chars() <= LONGEST_CHOICE).all())
