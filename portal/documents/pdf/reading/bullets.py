"""Marks of lists that are drawn instead of written."""

from __future__ import annotations

from portal.documents.pdf.model import Box, Word

FARTHEST = 3.0
"""Times the letters' size: how far a mark stands before its text."""
MOST_DOTS = 300
"""On a page. More are those of a plot."""
BULLET = "•"


def with_bullets(words: list[Word], dots: list[Box]) -> list[Word]:
    """The words, and a bullet for each dot that stands before the first word of a line."""
    if len(dots) > MOST_DOTS:
        return words
    marks = [mark for dot in dots if (mark := _mark(dot, words)) is not None]
    return marks + words


def _mark(dot: Box, words: list[Word]) -> Word | None:
    beside = [word for word in words if word.base - 0.8 * word.style.size < (dot.top + dot.bottom) / 2 < word.base]
    following = min((word for word in beside if word.left >= dot.right), key=lambda word: word.left, default=None)
    if following is None or following.left - dot.right > FARTHEST * following.style.size:
        return None
    if any(dot.left - 0.4 * word.style.size < word.right < following.left for word in beside):
        return None
    return Word(BULLET, dot.left, dot.right, following.base, following.style)
