"""Where blocks end: whether a line carries on the block above it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from portal.documents.pdf.layout.code import is_code
from portal.documents.pdf.layout.lines import Line
from portal.documents.pdf.layout.markers import ROUND_BULLETS, is_marker, number_of
from portal.documents.pdf.model import Style

SAME_SIZE = 0.6
"""Points by which the sizes of lines of one paragraph may differ."""
LOOSE = 1.3
"""Times the usual step from line to line: more begins a new paragraph."""
INDENT = 0.7
"""Times the letters' size by which a first line is indented, or the text of a list's entry."""
ROOM_AFTER_END, ROOM = 0.12, 0.33
"""The parts of its column that a line leaves empty if it ends on purpose, after the end of a sentence and elsewhere."""
WIDEST_INDENT = 4.0
LEADERS = re.compile(r"(?:\.\s?){4,}\s*\S{1,6}$")
"""Dots that lead to the number of a page, in a table of contents."""
ENDS = (".", "!", "?", ":", "…", "”", '"', ")", "»", ".”")


@dataclass(slots=True)
class Column:
    """What lines of an area have in common."""

    edge: float
    right: float
    step: dict[float, float]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Column:
        steps: dict[float, list[float]] = {}
        for one, other in pairwise(lines):
            if one.size == other.size and 0 < other.base - one.base < 2.5 * one.size:
                steps.setdefault(one.size, []).append(round(other.base - one.base, 1))
        usual = {size: _usual(found, size) for size, found in steps.items()}
        edge = min((line.left for line in lines), default=0)
        return cls(edge, max((line.right for line in lines), default=0), usual)


def _usual(steps: list[float], size: float) -> float:
    """The step of most lines; where steps are few, the smallest one."""
    step, count = Counter(steps).most_common(1)[0]
    return min(step if count > 2 else min(steps), 1.8 * size)


@dataclass(slots=True)
class Open:
    """A block that may still grow."""

    lines: list[Line]
    style: Style
    gap: float
    marker: str = ""
    text_left: float = 0.0
    marker_left: float = 0.0
    mono: bool = False


def belongs(block: Open, line: Line, column: Column, *, code: bool) -> bool:
    """Whether a line carries on the block before it."""
    last = block.lines[-1]
    step = line.base - last.base
    if block.mono:
        return is_code(line) and step < 2.6 * line.size
    if code and is_code(line):
        return not _far(step, last, line, column) and _unfinished(last, column)
    if not _one_size(last, line) or _far(step, last, line, column) or step <= 0:
        return False
    if LEADERS.search(last.text) or (line.words[0].raised and line.words[0].text.isdigit()):
        return False
    if is_entry(line, block):
        return line.words[0].text not in ROUND_BULLETS and _in_sentence(block, line, column)
    if _emphasis(last) != _emphasis(line) and not _runs_on(last, line, column):
        return False
    return not _begins(block, line, column)


def _in_sentence(block: Open, line: Line, column: Column) -> bool:
    """Whether a dash, or a number with a full stop, stands at the beginning of a line by chance: the line before is
    full, doesn't end a sentence, and begins at the same place."""
    last = block.lines[-1]
    home = block.text_left if block.marker else last.left
    return abs(line.left - home) < 2 and _unfinished(last, column)


def _emphasis(line: Line) -> tuple[bool, bool]:
    """Whether all of a line is bold, and italic."""
    return all(word.style.bold for word in line.words), all(word.style.italic for word in line.words)


def _runs_on(last: Line, line: Line, column: Column) -> bool:
    """Whether emphasis ends within running text, rather than where a heading ends."""
    return last.right > column.right - 6 * line.size or last.text[-1:] in ",;"


def _unfinished(last: Line, column: Column) -> bool:
    return last.right > column.right - 4 * last.size and not last.text.endswith(ENDS)


def _one_size(one: Line, other: Line) -> bool:
    """Whether lines are of one size, or at least some of their words: code within a line is smaller than text."""
    if abs(one.size - other.size) <= SAME_SIZE:
        return True
    sizes = {word.style.size for word in one.words if not word.raised}
    return any(abs(word.style.size - size) <= SAME_SIZE for word in other.words if not word.raised for size in sizes)


def _far(step: float, last: Line, line: Line, column: Column) -> bool:
    usual = max(column.step.get(one.size, 1.35 * one.size) for one in (last, line))
    return step > LOOSE * usual + 0.5


def _begins(block: Open, line: Line, column: Column) -> bool:
    """Whether a line at the usual distance still begins a new paragraph: it is indented, or the line before left room
    for its first word."""
    last = block.lines[-1]
    home = block.text_left if block.marker else min(entry.left for entry in block.lines)
    if block.marker and line.left < block.marker_left - 1:
        return True
    if block.marker and line.left < home - INDENT * line.size and len(block.lines) > 1:
        return block.lines[-1].left > line.left + 1
    indented = INDENT * line.size < line.left - home < WIDEST_INDENT * line.size
    if indented and _ends(last) and (len(block.lines) > 1 or block.marker):
        return True
    return _left_room(last, line, column, ends=_ends(last))


def _left_room(last: Line, line: Line, column: Column, *, ends: bool) -> bool:
    """Whether a line left so much room for the first word of the next one that it must have ended there on purpose."""
    width = column.right - column.edge
    room = column.right - last.right - (line.words[0].right - line.words[0].left)
    if ends:
        return room > max(1.5 * line.size, ROOM_AFTER_END * width)
    return abs(last.left - line.left) < 2 and room > ROOM * width and last.words[-1].text[-1] not in "-,"


def _ends(line: Line) -> bool:
    return line.text.endswith(ENDS)


def is_entry(line: Line, before: Open | None) -> bool:
    """Whether a line begins with the mark of a list's entry. A letter or a number at the beginning of a sentence is
    none, unless it follows the entry before, or is the first one and set apart."""
    marker = line.words[0].text
    if len(line.words) < 2 or not is_marker(marker):
        return False
    number = number_of(marker)
    room = line.words[1].left - line.words[0].right
    if number is None:
        return marker not in {"o", "-", "–", "—", "*"} or room > 0.15 * line.size
    if before is not None and before.marker and number_of(before.marker) is not None:
        return True
    return not line.style.bold and (number <= 1 or room > 0.35 * line.size or marker[:-1].isdigit())
