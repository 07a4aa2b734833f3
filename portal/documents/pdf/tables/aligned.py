"""Tables without lines: rows whose pieces stand below each other in columns.

A table is a run of rows of which most have several pieces. Its columns are what is left between the vertical strips
that no piece crosses. Rows of the page become rows of the table: a cell may have several lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from portal.documents.pdf.blocks import Table
from portal.documents.pdf.layout.lines import Line
from portal.documents.pdf.layout.markers import is_marker
from portal.documents.pdf.model import Box, Word
from portal.documents.pdf.tables.cells import cells_of, columns_of, content_of

Row = list[Line]
"""Pieces side by side, from the left; where cells have several lines, some stand below others."""

ALIGNED = 0.6
"""The part of a column's cells that must stand on one line, at their left, right or middle."""
FILLED = 0.35
"""The part of a table's cells that must have something in them."""
TOLERANCE = 2.5
"""Points by which cells that stand on one line may differ."""
SPREAD = 0.4
"""The part of its width that the words of a line of justified text fill at least."""
APART = 2.2
"""Times the letters' size: a gap between rows that ends a table."""


@dataclass(frozen=True, slots=True)
class Found:
    """A table, and the rows `first` to `last` (not included) that it was made of."""

    table: Table
    first: int
    last: int


def aligned_tables(rows: Sequence[Row], page: int) -> list[Found]:
    """The tables among the rows of an area, from top to bottom."""
    found: list[Found] = []
    start = 0
    while start < len(rows):
        end = _end_of_run(rows, start) if _is_split(rows[start]) else start
        table = _table(rows, start, end, page) if end - start > 1 else None
        if table:
            found.append(table)
        start = max(end, start + 1) if table else start + 1
    return found


def _is_split(row: Row) -> bool:
    """Whether a row may be one of a table: several pieces, of which the first isn't just the mark of a list's entry."""
    return len(row) > 1 and not (len(row) == 2 and is_marker(row[0].text))


def _end_of_run(rows: Sequence[Row], start: int) -> int:
    """Where the run of rows ends that belong together: as long as they are split, or fit into one of the columns."""
    end = start + 1
    columns = _widened([], rows[start])
    while end < len(rows):
        row, above = rows[end], rows[end - 1]
        if _top(row) - _bottom(above) > APART * row[0].size:
            break
        if _is_split(row):
            columns = _widened(columns, row)
        elif not _fits(row, columns, above):
            break
        end += 1
    while end > start and not _is_split(rows[end - 1]) and not _continues(rows, end - 1, columns):
        end -= 1
    return end


def _fits(row: Row, columns: list[tuple[float, float]], above: Row) -> bool:
    """Whether a row of one piece can be a further line of a cell, or a row with a single cell."""
    left, right = _left(row), _right(row)
    if above[0].size * 1.3 < row[0].size:
        return False
    within = [column for column in columns if left >= column[0] - TOLERANCE and right <= column[1] + TOLERANCE]
    touched = sum(left < column[1] and right > column[0] for column in columns)
    return bool(within) or (touched == 1 and left > columns[0][1])


def _continues(rows: Sequence[Row], number: int, columns: list[tuple[float, float]]) -> bool:
    """Whether the last row, which has one piece, is a further line of a cell rather than what follows the table."""
    row, above = rows[number][0], rows[number - 1][0]
    close = row.base - above.base < 1.4 * row.size
    return close and (row.left > columns[0][1] or _lowest_gap(rows, number) * 0.8 < row.base - above.base)


def _lowest_gap(rows: Sequence[Row], number: int) -> float:
    return min((rows[n][0].base - rows[n - 1][0].base for n in range(max(number - 6, 1), number)), default=0)


def _widened(columns: list[tuple[float, float]], row: Row) -> list[tuple[float, float]]:
    """The columns so far, with the places of a further row's pieces: what overlaps is one column."""
    merged: list[tuple[float, float]] = []
    for left, right in sorted([*columns, *((piece.left, piece.right) for piece in row)]):
        if merged and left < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], right))
        else:
            merged.append((left, right))
    return merged


def _table(rows: Sequence[Row], start: int, end: int, page: int) -> Found | None:
    """The run as a table, if it is one."""
    start = _with_head(rows, start)
    run = rows[start:end]
    edges = columns_of(run)
    if len(edges) < 2:
        return None
    cells = [cells_of(row, edges) for row in run]
    if _is_justified(run) or not _is_table(cells, len(edges)):
        return None
    left, right = min(map(_left, run)), max(map(_right, run))
    box = Box(left, _top(run[0]), right, _bottom(run[-1]))
    return Found(Table(content_of(cells), [left for left, _ in edges], page, box), start, end)


def _with_head(rows: Sequence[Row], start: int) -> int:
    """One row further up, where that is the first line of a head of which only some cells have two."""
    if start == 0 or len(rows[start - 1]) != 1:
        return start
    above, first = rows[start - 1][0], rows[start]
    close = first[0].base - above.base < 1.35 * first[0].size
    below = [piece for piece in first if piece.left < above.right and piece.right > above.left]
    alike = above.style == first[0].style and first[0].style.bold
    return start - 1 if close and alike and len(below) == 1 and above.left > first[0].right else start


def _is_table(cells: list[list[list[Word]]], columns: int) -> bool:
    filled = [sum(bool(cell) for cell in row) for row in cells]
    several = sum(count > 1 for count in filled)
    if several < 2 or sum(filled) < FILLED * columns * len(cells):
        return False
    if columns == 2 and several < 3 and len(cells) < 3:
        return False
    return all(_column_is_aligned([row[n] for row in cells if row[n]]) for n in range(columns))


def _is_justified(run: Sequence[Row]) -> bool:
    """Whether rows are lines of running text that were spread over the width of their column: most end below each
    other, and the gaps within each of them are even, as those of a table are not."""
    left, right = min(map(_left, run)), max(map(_right, run))
    rows = [[word for piece in row for word in piece.words] for row in run]
    if median(sum(word.right - word.left for word in row) for row in rows) < SPREAD * (right - left):
        return False
    long = [row for row in rows if len(row) > 2]
    spread = [row for row in long if max(word.right for word in row) > right - TOLERANCE and _is_even(row)]
    return 2 * len(spread) >= len(long) > 0


def _is_even(words: list[Word]) -> bool:
    """Whether words, rather than numbers, stand at even distances."""
    ordered = sorted(words, key=lambda word: word.left)
    gaps = [other.left - one.right for one, other in pairwise(ordered) if not other.glued] or [0.0]
    letters = sum(letter.isalpha() for word in words for letter in word.text)
    return 2 * letters > sum(len(word.text) for word in words) and max(gaps) - min(gaps) < 0.3 * max(gaps)


def _column_is_aligned(cells: list[list[Word]]) -> bool:
    if len(cells) < 2:
        return True
    lefts = [min(word.left for word in cell) for cell in cells]
    rights = [max(word.right for word in cell) for cell in cells]
    middles = [(left + right) / 2 for left, right in zip(lefts, rights, strict=True)]
    return any(_share_at_one_place(places) >= ALIGNED for places in (lefts, rights, middles))


def _share_at_one_place(places: list[float]) -> float:
    middle = median(places)
    return sum(abs(place - middle) <= TOLERANCE for place in places) / len(places)


def _left(row: Row) -> float:
    return min(piece.left for piece in row)


def _right(row: Row) -> float:
    return max(piece.right for piece in row)


def _top(row: Row) -> float:
    return min(piece.top for piece in row)


def _bottom(row: Row) -> float:
    return max(piece.bottom for piece in row)
