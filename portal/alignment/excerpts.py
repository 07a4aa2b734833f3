"""The passage beside a pair: as much of it as one reads, with the part that the answer was taken from."""

from __future__ import annotations

from dataclasses import dataclass

AROUND = 240
"""Characters that are shown before and after that part."""

LONGEST_MARKED = 1_200
"""Characters that are shown of that part itself."""


@dataclass(frozen=True)
class Excerpt:
    """`marked` is the part of a passage that the answer was taken from; the marks say what was cut off."""

    before: str
    marked: str
    after: str
    is_cut_before: bool = False
    is_cut_within: bool = False
    is_cut_after: bool = False


def whole(text: str, start: int, end: int) -> Excerpt:
    """All of a passage. `start` and `end` are characters within it; what lies outside of it isn't asked for."""
    start, end = _within(text, start, end)
    return Excerpt(text[:start], text[start:end], text[end:])


def excerpt(text: str, start: int, end: int) -> Excerpt:
    """The same with what is long cut to what one reads."""
    start, end = _within(text, start, end)
    first, last = max(start - AROUND, 0), min(end + AROUND, len(text))
    is_long = end - start > LONGEST_MARKED
    return Excerpt(
        text[first:start],
        text[start : start + LONGEST_MARKED] if is_long else text[start:end],
        text[end:last],
        is_cut_before=first > 0,
        is_cut_within=is_long,
        is_cut_after=last < len(text),
    )


def _within(text: str, start: int, end: int) -> tuple[int, int]:
    start = min(max(start, 0), len(text))
    return start, min(max(end, start), len(text))
