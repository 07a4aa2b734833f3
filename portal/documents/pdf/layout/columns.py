"""The areas of a page in the order of reading: columns are found by the gutters between them.

A gutter is a strip from which hardly any line starts or ends to cross it. Lines that do cross it (titles, wide tables)
cut the page into bands; within a band the left column is read before the right one. A strip of a *table* looks the
same, except that rows on both sides stand on the same lines and don't fill their columns.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median
from typing import Protocol

from portal.documents.pdf.layout.lines import Line, rows_of

NARROWEST_GUTTER = 0.8
"""As a part of the letters' size."""
HIGHEST_CROSSING = 0.65
"""Of the greatest height of items above any point, the part that may stand above a gutter."""
MOST_CROSSING = 2.0
"""Times the height of what stands beside a gutter: what crosses it may be that high."""
FEWEST_LINES = 3
"""On each side of a gutter."""
MOST_ITEMS = 4_000
"""On a page. With more there are no columns to be found, only much time to be spent."""
ALIGNED = 0.65
"""The part of the lines of one side that must have one beside them for a table."""
FULL = 0.55
"""The part of its column that the words of a line of running text fill, mostly. Cells of tables fill less."""
LETTERS_OF_A_LINE = 16
"""Fewer in most lines of a column: that is no running text."""


Stretch = tuple[float, float, float]
"""From where to where, and the sum of the heights of all items that stand there."""


class Placed(Protocol):
    """Whatever has a place on a page: a piece of a line, a table."""

    @property
    def left(self) -> float: ...
    @property
    def right(self) -> float: ...
    @property
    def top(self) -> float: ...
    @property
    def bottom(self) -> float: ...


@dataclass(frozen=True, slots=True)
class _Gutter:
    """A strip between two columns. `weight` is the height, in points, of what stands on the side that has less,
    `crossing` that of what crosses it."""

    middle: float
    width: float
    weight: float
    crossing: float


def areas_of(items: Sequence[Placed]) -> list[list[Placed]]:
    """The areas of a page in the order of reading, each with its items from top to bottom."""
    ordered = sorted(items, key=lambda item: (item.top, item.left))
    gutter = _best_gutter(ordered)
    return [ordered] if gutter is None else list(_merged(_divided(ordered, gutter)))


def _divided(items: list[Placed], gutter: _Gutter) -> Iterator[tuple[bool, list[Placed]]]:
    """The areas, and for each whether it may be joined with the one before and after."""
    for band, crossing in _bands(items, gutter.middle):
        left = [item for item in band if item.right <= gutter.middle]
        right = [item for item in band if item.left >= gutter.middle]
        if crossing or not left or not right or _is_table(left, right):
            yield True, band
        else:
            yield from ((False, area) for side in (left, right) for area in areas_of(side))


def _merged(areas: Iterator[tuple[bool, list[Placed]]]) -> Iterator[list[Placed]]:
    waiting: list[Placed] = []
    for open_, area in areas:
        if open_:
            waiting.extend(area)
            continue
        if waiting:
            yield waiting
            waiting = []
        yield area
    if waiting:
        yield waiting


def _bands(items: list[Placed], middle: float) -> Iterator[tuple[list[Placed], bool]]:
    """Items that cross the gutter and those that don't, in turns."""
    band: list[Placed] = []
    crossing = False
    for item in items:
        crosses = item.left < middle < item.right
        if band and crosses != crossing:
            yield band, crossing
            band = []
        band.append(item)
        crossing = crosses
    if band:
        yield band, crossing


def _best_gutter(items: list[Placed]) -> _Gutter | None:
    if len(items) < 2 or len(items) > MOST_ITEMS:
        return None
    size = median(item.bottom - item.top for item in _lines(items) or items)
    gutters = (_weighed(items, start, end) for start, end in _strips(items, size))
    heavy = [one for one in gutters if one.weight >= max(FEWEST_LINES * size, one.crossing / MOST_CROSSING)]
    heavy.sort(key=lambda gutter: (gutter.crossing - gutter.weight, -gutter.width))
    return next((gutter for gutter in heavy if _is_gutter(items, gutter)), None)


def _weighed(items: list[Placed], start: float, end: float) -> _Gutter:
    middle = (start + end) / 2
    left = sum(item.bottom - item.top for item in items if item.right <= middle)
    right = sum(item.bottom - item.top for item in items if item.left >= middle)
    crossing = sum(item.bottom - item.top for item in items) - left - right
    return _Gutter(middle, end - start, min(left, right), crossing)


def _strips(items: list[Placed], size: float) -> Iterator[tuple[float, float]]:
    """Strips that fewer items cross than stand beside them: the valleys of the height of all items above a point,
    where they are wide enough."""
    stretches = list(_stretches(items))
    limit = HIGHEST_CROSSING * max(height for _, _, height in stretches)
    for valley in _runs(stretches, limit):
        lowest = min(height for _, _, height in valley)
        for floor in _runs(valley, lowest + 1.5 * size):
            start, end = floor[0][0], floor[-1][1]
            if end - start >= NARROWEST_GUTTER * size and start > stretches[0][0] and end < stretches[-1][1]:
                yield start, end


def _runs(stretches: list[Stretch], limit: float) -> list[list[Stretch]]:
    """Stretches side by side that aren't higher than `limit`."""
    return [list(run) for low, run in groupby(stretches, key=lambda stretch: stretch[2] <= limit) if low]


def _stretches(items: list[Placed]) -> Iterator[Stretch]:
    """From left to right."""
    steps = sorted(
        [(item.left, item.bottom - item.top) for item in items]
        + [(item.right, item.top - item.bottom) for item in items]
    )
    height = 0.0
    for (place, step), (following, _) in pairwise(steps):
        height += step
        if following > place:
            yield place, following, height


def _is_gutter(items: list[Placed], gutter: _Gutter) -> bool:
    """Whether the strip as a whole, over all of the area, lies between columns of running text."""
    left = [item for item in items if item.right <= gutter.middle]
    right = [item for item in items if item.left >= gutter.middle]
    crossing = len(items) - len(left) - len(right)
    return crossing < len(left) + len(right) and not _is_table(left, right)


def _is_table(left: list[Placed], right: list[Placed]) -> bool:
    """Whether what stands on both sides of a strip belongs together row by row. A drawn table has its own strips, so
    one beside text is in a column."""
    if any(not isinstance(item, Line) for item in (*left, *right)):
        return False
    one, other = rows_of(_lines(left)), rows_of(_lines(right))
    return _aligned(one, other) >= ALIGNED and not all(
        _flows(rows) or _best_gutter(side) for rows, side in ((one, left), (other, right))
    )


def _lines(items: list[Placed]) -> list[Line]:
    return [item for item in items if isinstance(item, Line)]


def _aligned(one: list[list[Line]], other: list[list[Line]]) -> float:
    """The part of the rows of the shorter side that have one on the same height on the other side."""
    few, many = sorted((one, other), key=len)
    bases = [row[0].base for row in many]
    found = 0
    for row in few:
        place = bisect_left(bases, row[0].base - 0.25 * row[0].size)
        found += place < len(bases) and bases[place] <= row[0].base + 0.25 * row[0].size
    return found / len(few)


def _flows(rows: list[list[Line]]) -> bool:
    """Whether rows are those of running text: the words of most of them fill their column, but for the spaces."""
    width = max(row[-1].right for row in rows) - min(row[0].left for row in rows)
    inked = median(sum(word.right - word.left for piece in row for word in piece.words) for row in rows)
    letters = median(sum(len(word.text) for piece in row for word in piece.words) for row in rows)
    return inked >= FULL * width and letters >= LETTERS_OF_A_LINE
