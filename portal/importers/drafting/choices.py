"""The values that a table's own rules allow in a column, where that can be told. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LITERAL = r"'(?:[^']|'')*'"
_CAST = r"::[\w\s\"]+(?:\(\d+\))?(?:\[\])?"
_NAME = rf"\(*\s*(?:\"(?P<quoted>(?:[^\"]|\"\")+)\"|(?P<plain>\w+))\s*\)*(?:{_CAST})?"
_LIST = rf"(?P<list>(?:[\s(]*{_LITERAL}[\s)]*(?:{_CAST})?\s*,?)+)"

IN = re.compile(rf"{_NAME}\s+IN\s*\({_LIST}\)[\s)]*", re.IGNORECASE)
ANY = re.compile(rf"{_NAME}\s*=\s*ANY\s*\(+\s*ARRAY\s*\[{_LIST}\][\s)]*(?:{_CAST})?[\s)]*", re.IGNORECASE)
"""How PostgreSQL keeps the same: ((colour)::text = ANY ((ARRAY['red'::character varying])::text[]))."""

DEFAULT = re.compile(rf"(?P<text>{_LITERAL})(?:{_CAST})?")


def choices_by_column(checks: Iterable[str]) -> dict[str, list[str]]:
    """Column -> values, from those CHECK constraints that are such a list and nothing else."""
    found: dict[str, list[str]] = {}
    for check in checks:
        if listed := IN.fullmatch(check.strip()) or ANY.fullmatch(check.strip()):
            name = listed["plain"] or listed["quoted"].replace('""', '"')
            found[name] = [unquoted(text) for text in re.findall(_LITERAL, listed["list"])]
    return found


def text_default(default: str) -> str | None:
    """The text that a column's DEFAULT stands for; None where it is anything else."""
    found = DEFAULT.fullmatch(default.strip())
    return unquoted(found["text"]) if found else None


def unquoted(literal: str) -> str:
    """What the SQL literal stands for."""
    return literal[1:-1].replace("''", "'")
