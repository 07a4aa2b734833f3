"""Times of day and durations in cells, which Excel keeps as numbers of days, in the form in which it shows them."""

from __future__ import annotations

import re

FORMATS = {
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
}
"""Those that workbooks use by number only (ISO/IEC 29500-1, 18.8.30)."""

_DAY = 86_400
_TEXT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
"""What a format's section has beside its letters: words, spaces, colours, languages."""
_TOKEN = re.compile(r"\[[hms]+\]|AM/PM|A/P|\.0+|h+|m+|s+|[^hms]", re.IGNORECASE)


def is_time(code: str) -> bool:
    """Whether a format shows a time without a date."""
    letters = re.sub(r"\.0+", "", _section(code).lower())
    return bool(re.search(r"[hs]|\[m+\]", letters)) and not re.search(r"[dyg#?0]", letters)


def shown(days: float, code: str) -> str:
    """A number of days, from 0 on, in a format for which `is_time` holds."""
    section = _section(code)
    tokens = _TOKEN.findall(section)
    digits = max((len(token) - 1 for token in tokens if token.startswith(".0")), default=0)
    seconds = round(days * _DAY, digits)
    return "".join(_part(token.lower(), seconds, tokens) for token in tokens)


def _section(code: str) -> str:
    return _TEXT.sub("", code.partition(";")[0]).strip()


def _part(token: str, seconds: float, tokens: list[str]) -> str:
    unit = token.strip("[]")[:1]
    if token in ("am/pm", "a/p"):
        return token.upper().split("/")[seconds % _DAY >= _DAY / 2]
    if token.startswith(".0"):
        return f"{seconds % 1:.{len(token) - 1}f}"[1:]
    size = {"h": 3600, "m": 60, "s": 1}.get(unit)
    if size is None:
        return token
    return str(_amount(token, unit, int(seconds), size, tokens)).zfill(len(token.strip("[]")))


def _amount(token: str, unit: str, seconds: int, size: int, tokens: list[str]) -> int:
    if token.startswith("["):
        return seconds // size
    if unit != "h":
        return seconds // size % 60
    hours = seconds // size % 24
    return (hours + 11) % 12 + 1 if any(other.lower() in ("am/pm", "a/p") for other in tokens) else hours
