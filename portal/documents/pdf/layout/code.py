"""Lines in a typeface of fixed pitch to lines of code."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from portal.documents.pdf.blocks import Code
from portal.documents.pdf.layout.lines import Line


def is_code(line: Line) -> bool:
    """Whether all of a line is in a typeface of fixed pitch."""
    return all(word.style.mono for word in line.words)


def code_of(lines: list[Line], page: int, edge: float) -> Code:
    """Code as it stands, with the spaces and empty lines that its places tell; `edge` is the left end of its column."""
    pitch = _pitch(lines)
    left = min(line.left for line in lines)
    return Code(list(_spaced_out(lines, left, pitch)), page, round((left - edge) / pitch))


def _spaced_out(lines: list[Line], left: float, pitch: float) -> Iterator[str]:
    steps = [other.base - one.base for one, other in pairwise(lines)]
    usual = min(steps, default=lines[0].size)
    yield _spaced(lines[0], left, pitch)
    for step, line in zip(steps, lines[1:], strict=True):
        yield from [""] * max(round(step / usual) - 1, 0)
        yield _spaced(line, left, pitch)


def _pitch(lines: list[Line]) -> float:
    """The width of a letter."""
    words = [word for line in lines for word in line.words]
    letters = sum(len(word.text) for word in words)
    return sum(word.right - word.left for word in words) / letters or 0.6 * lines[0].size


def _spaced(line: Line, left: float, pitch: float) -> str:
    text = " " * max(round((line.left - left) / pitch), 0) + line.words[0].text
    for before, word in pairwise(line.words):
        text += " " * max(round((word.left - before.right) / pitch), int(not word.glued)) + word.text
    return text
