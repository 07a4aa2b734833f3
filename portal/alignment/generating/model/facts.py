"""What in a text can be true or false: dates, numbers, names and links. Pure.

Dates, months and numbers as words are understood in English only; elsewhere dates count as the numbers in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from portal.alignment.generating.model.words import WORD, key_of, words_of

MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
MONTH = "(?P<month>" + "|".join(f"{name}|{name[:3]}" for name in MONTHS) + r")\b\.?"
DAY, YEAR, MONTH_NUMBER = r"(?P<day>\d{1,2})", r"(?P<year>\d{4})\b", r"(?P<month>\d{1,2})"
WRITTEN_DATES = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{YEAR}-{MONTH_NUMBER}-{DAY}\b",
        rf"\b{DAY}(?:st|nd|rd|th)?\.?\s+(?:of\s+)?{MONTH},?\s+{YEAR}",
        rf"\b{MONTH}\s+{DAY}(?:st|nd|rd|th)?,?\s+{YEAR}",
        rf"\b{DAY}[./]{MONTH_NUMBER}[./]{YEAR}",
        rf"\b{MONTH_NUMBER}/{DAY}/{YEAR}",
    )
]
NUMBER = re.compile(r"\d+(?:[.,'\u2019\u00a0\u202f]\d+)*")
GROUPED = re.compile(
    r"(?P<whole>\d{1,3}(?P<sign>[.,'\u2019\u00a0\u202f])\d{3}(?:(?P=sign)\d{3})*)(?:(?!(?P=sign))[.,](?P<parts>\d+))?"
)
"""Thousands, and perhaps decimals behind the other sign."""
NUMBER_WORDS = {
    name: str(number)
    for number, name in [
        *enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2),  # noqa: SIM905
        *((ten * 10, name) for ten, name in enumerate("twenty thirty forty fifty sixty".split(), start=2)),  # noqa: SIM905
    ]
}
"""Without “one”, which is mostly a pronoun."""
LINK = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]\"']+|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]+", re.IGNORECASE)
BEFORE_A_SENTENCE = re.compile(r"(?:^|[.!?\n|])[\s\"'“”‘’„«»()\[\]*_#>`\-\d.|]*$")
FAR = 40
"""Characters: no more signs than that are between two sentences, and looking on would take time."""


class Date(NamedTuple):
    """A day, by numbers."""

    year: int
    month: int
    day: int


def is_supported(claim: str, evidence: str) -> bool:
    """Whether every date, number, name and link of `claim` occurs in `evidence`, however it is written there."""
    known = frozenset(dates_in(evidence))
    rest, said = claim, list(_dates_with_ranges(claim))
    if any(not readings & known for readings, _, _ in _by_range(said)):
        return False
    for _, start, end in said:
        rest = rest[:start] + " " * (end - start) + rest[end:]
    return (
        links_in(claim) <= links_in(evidence)
        and numbers_in(rest) <= numbers_in(evidence)
        and names_in(rest) <= _known_names(evidence, known)
    )


def dates_in(text: str) -> set[Date]:
    """Whole dates. One that can be read in two ways, as 3/4/2024, is there in both."""
    return {date for date, _, _ in _dates_with_ranges(text)}


def numbers_in(text: str) -> set[str]:
    """Numbers in one form: 1,200 and 1.200 and 1200 are the same, as are 5 and five, 1.50 and 1.5."""
    spelt = {NUMBER_WORDS[word.key] for word in words_of(text) if word.key in NUMBER_WORDS}
    return spelt | {_plain(found[0]) for found in NUMBER.finditer(text)}


def names_in(text: str) -> set[str]:
    """Keys of capitalised words, without those that are so because a sentence begins with them."""
    return {
        key_of(found[0])
        for found in WORD.finditer(text)
        if _is_capitalised(found[0]) and (_is_acronym(found[0]) or not _begins_a_sentence(found, text))
    }


def openings_in(text: str) -> set[str]:
    """Keys of capitalised words with which sentences begin. They may be names."""
    return {
        key_of(found[0])
        for found in WORD.finditer(text)
        if _is_capitalised(found[0]) and _begins_a_sentence(found, text)
    }


def links_in(text: str) -> set[str]:
    """Addresses of the web and of mail."""
    return {found[0].rstrip(".,;:!?*_").casefold() for found in LINK.finditer(text)}


def _dates_with_ranges(text: str) -> Iterator[tuple[Date, int, int]]:
    for pattern in WRITTEN_DATES:
        for found in pattern.finditer(text):
            month = found["month"].lower()
            number = int(month) if month.isdigit() else _number_of_month(month)
            if 1 <= number <= 12 and 1 <= int(found["day"]) <= 31:
                yield Date(int(found["year"]), number, int(found["day"])), *found.span()


def _by_range(said: list[tuple[Date, int, int]]) -> list[tuple[set[Date], int, int]]:
    """All readings of each date."""
    ranges = {(start, end) for _, start, end in said}
    return [({date for date, *place in said if tuple(place) == (start, end)}, start, end) for start, end in ranges]


def _number_of_month(name: str) -> int:
    return 1 + next(number for number, month in enumerate(MONTHS) if month.startswith(name))


def _plain(number: str) -> str:
    if grouped := GROUPED.fullmatch(number):
        parts = [re.sub(r"\D", "", grouped["whole"]), *filter(None, [grouped["parts"]])]
    else:
        parts = re.split(r"\D", number)
    digits = ".".join([parts[0].lstrip("0") or "0", *parts[1:]])
    return digits.rstrip("0").rstrip(".") if parts[1:] else digits


def _known_names(evidence: str, dates: frozenset[Date]) -> set[str]:
    known = {word.key for word in words_of(evidence)}
    in_the_plural = {f"{word}s" for word in known} | {word[:-1] for word in known if word.endswith("s")}
    return known | in_the_plural | {MONTHS[date.month - 1] for date in dates} | set(NUMBER_WORDS)


def _is_capitalised(word: str) -> bool:
    return len(word) > 1 and word[0].isupper()


def _is_acronym(word: str) -> bool:
    return any(character.isupper() for character in word[1:])


def _begins_a_sentence(found: re.Match[str], text: str) -> bool:
    return BEFORE_A_SENTENCE.search(text, max(found.start() - FAR, 0), found.start()) is not None
