"""Rows of the page to rows of a table: where columns are, which words are in which cell, which lines are one row."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from portal.documents.pdf.blocks import Spans
from portal.documents.pdf.layout.lines import Line, joined, pieces_of, rows_of
from portal.documents.pdf.layout.spans import spans_of
from portal.documents.pdf.model import Word

Column = tuple[float, float]
"""From where to where something stands in a column."""
REACH = 1.5
"""Points by which a cell may reach into the gap beside its column."""
RARE = 0.25
"""The part of all gaps between lines that wide ones are, if they set groups of rows apart, not rows."""
MANY = 4
"""Rows, above which one of them may be an exception."""

Cells = list[list[Word]]
"""The words of one line of the page, for each column."""


def columns_of(run: Sequence[list[Line]]) -> list[Column]:
    """The columns of rows of the page. Strips that only a few pieces cross (cells of two columns, gaps that are narrow
    by chance) are still strips. Empty where no row has several pieces."""
    pieces = [piece for row in run if len(row) > 1 for piece in row]
    if len(run) > MANY and pieces and (columns := _between_strips(pieces, max(1, len(run) // 12))):
        return columns
    columns = []
    for piece in pieces:
        columns = _insert(columns, piece.left, piece.right)
    return columns


def _insert(columns: list[Column], left: float, right: float) -> list[Column]:
    apart = [column for column in columns if column[1] <= left or column[0] >= right]
    touched = [column for column in columns if not (column[1] <= left or column[0] >= right)]
    low, high = min([left, *(c[0] for c in touched)]), max([right, *(c[1] for c in touched)])
    return sorted([*apart, (low, high)])


def _between_strips(pieces: list[Line], tolerated: int) -> list[Column]:
    """Columns between strips that at most `tolerated` pieces cross."""
    steps = sorted([(piece.left, 1) for piece in pieces] + [(piece.right, -1) for piece in pieces])
    columns: list[Column] = []
    height, begin, dense = 0, steps[0][0], False
    for place, step in steps:
        height += step
        if not dense and height > tolerated:
            begin, dense = place, True
        elif dense and height <= tolerated:
            columns.append((begin, place))
            dense = False
    return [column for column in columns if column[1] - column[0] > 1]


def cells_of(row: list[Line], columns: list[Column]) -> Cells:
    """The words of a row by column. A piece that reaches into several columns is taken apart where one of its gaps lies
    between them; otherwise it belongs to the first."""
    cells: Cells = [[] for _ in columns]
    for piece in row:
        column = _column_at(piece.words[0].left, columns)
        cells[column].append(piece.words[0])
        for before, word in pairwise(piece.words):
            column = max(column, _column_after(before, word, columns) or 0)
            cells[column].append(word)
    return cells


def crosses(row: list[Line], columns: list[Column]) -> bool:
    """Whether a piece of a row reaches over the gap between two columns, and can't be taken apart there."""
    cells = cells_of(row, columns)
    return any(
        max(word.right for word in cell) > following[0] + 1
        for cell, following in zip(cells, columns[1:], strict=False)
        if cell
    )


def _column_at(left: float, columns: list[Column]) -> int:
    return max(sum(left >= column[0] - REACH for column in columns) - 1, 0)


def _column_after(before: Word, word: Word, columns: list[Column]) -> int | None:
    """The column that begins between two words, where their gap reaches from one column to the next."""
    column = _column_at(word.left, columns)
    if column and before.right <= columns[column - 1][1] + REACH and before.left < columns[column][0] - REACH:
        return column
    return None


def content_of(cells: Sequence[Cells]) -> list[list[Spans]]:
    """The rows of a table that the lines of a page make: a cell may have several of them."""
    return [row_of(group) for group in _grouped(cells)]


def row_of(group: Sequence[Cells]) -> list[Spans]:
    """One row of a table from rows of the page."""
    return [cell_of([word for cells in group for word in cells[number]]) for number in range(len(group[0]))]


def cell_of(words: list[Word]) -> Spans:
    """The text of a cell."""
    return spans_of(joined(row) for row in rows_of(pieces_of(words))) if words else []


def _grouped(cells: Sequence[Cells]) -> list[list[Cells]]:
    """Lines of the page that make one row of the table."""
    starts = _starts(cells) if len(cells) > 1 else [True]
    groups: list[list[Cells]] = []
    for row, begins in zip(cells, starts, strict=True):
        if begins:
            groups.append([row])
        else:
            groups[-1].append(row)
    return groups


def _starts(cells: Sequence[Cells]) -> list[bool]:
    """For each line of the page whether a row of the table begins with it: where the gap above is wider than within
    rows; with even gaps, wherever it doesn't just carry on the cells above."""
    tops = [min(word.top for cell in row for word in cell) for row in cells]
    bottoms = [max(word.bottom for cell in row for word in cell) for row in cells]
    gaps = [below - above for above, below in zip(bottoms, tops[1:], strict=False)]
    narrow, wide = min(gaps), max(gaps)
    size = median(word.style.size for row in cells for cell in row for word in cell)
    limit = narrow + max(0.18 * size, (min(wide, narrow + size) - narrow) * 0.4)
    apart = [gap > limit for gap in gaps]
    if wide - narrow > 0.25 * size and narrow < 0.6 * size and not _are_rows(cells[1:], apart):
        return [True, *apart]
    widths = [_width([row[n] for row in cells]) for n in range(len(cells[0]))]
    return [True, *(not _wrapped(above, row, widths) for above, row in pairwise(cells))]


def _are_rows(lines: Sequence[Cells], apart: list[bool]) -> bool:
    """Whether lines that stand close are rows all the same: gaps between groups of them are rare, and most of them have
    as many cells as a row."""
    most = max(sum(map(bool, line)) for line in lines)
    full = sum(bool(line[0]) and sum(map(bool, line)) >= max(2, 0.6 * most) for line in lines)
    return sum(apart) < RARE * len(apart) and full > 0.5 * len(lines)


def _width(cells: list[list[Word]]) -> float:
    return max((_reach(cell) for cell in cells if cell), default=0)


def _wrapped(above: Cells, row: Cells, widths: list[float]) -> bool:
    """Whether a line only carries on cells of the line above, of which at least one fills its column."""
    filled = [number for number, cell in enumerate(row) if cell]
    if len(filled) == len(row) or not all(above[number] for number in filled):
        return False
    if row[0] and len(filled) > 1:
        return False
    return any(_reach(above[number]) > 0.7 * widths[number] for number in filled)


def _reach(words: list[Word]) -> float:
    return max(word.right for word in words) - min(word.left for word in words)
