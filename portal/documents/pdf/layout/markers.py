"""Marks in front of the entries of a list."""

from __future__ import annotations

import re

ROUND_BULLETS = frozenset("•◦▪▫‣⁃●○■□➢►✓❖◆")
"""Marks that don't stand within sentences."""
BULLETS = "-•◦▪▫‣⁃∙·●○■□➢➤►▶✓✔✗✘❖◆◇★☐☑➔→*–—\u2212o"
BULLET = re.compile(rf"^(?:[{BULLETS}]|[\ue000-\uf8ff])$")
NUMBER = re.compile(r"^[(\[]?(?:(\d{1,3})|([a-zA-Z])|([ivxlIVXL]{2,6}))[.)\]]$")
ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


def is_marker(text: str) -> bool:
    """Whether text is nothing but the mark of an entry."""
    return bool(BULLET.match(text) or NUMBER.match(text))


def is_bullet(text: str) -> bool:
    """Whether text is a mark of an entry without a number."""
    return bool(BULLET.match(text))


def number_of(text: str) -> int | None:
    """The number of an entry with such a mark: 3 for *3.*, *(c)* and *iii)*; None where it is no number."""
    match = NUMBER.match(text)
    if not match:
        return None
    digits, letter, roman = match.groups()
    if digits:
        return int(digits)
    return _roman(roman.lower()) if roman else ord(letter.lower()) - ord("a") + 1


def _roman(text: str) -> int:
    values = [ROMAN[letter] for letter in text]
    return sum(-one if one < other else one for one, other in zip(values, [*values[1:], 0], strict=True))
