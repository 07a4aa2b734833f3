"""Tables whose cells are drawn: lines that meet form a grid, the words between them its cells."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from portal.documents.pdf.blocks import Spans, Table
from portal.documents.pdf.layout.lines import pieces_of, rows_of
from portal.documents.pdf.model import Box, Page, Word
from portal.documents.pdf.tables.cells import cell_of
from portal.documents.pdf.tables.grids import Grid, grids_of

FRAMED, FRAMED_ROWS = 1.5, 4
"""Times the letters' size between columns within a cell, and how many rows they have at least."""
LONGEST_CELL = 25
"""Lines. Longer ones are columns of a page, or its halves."""
LEAST_FILLED = 0.25
"""The part of its cells in which a table has text: the grid of a plot has less."""


def ruled_tables(page: Page) -> tuple[list[Table], list[Word]]:
    """The page's tables that are drawn as grids, with lines or shaded cells, and the words that are in none of them."""
    words, tables = page.words, list[Table]()
    for grid in grids_of(page.rules, page.fills, page.width * page.height):
        inside, outside = _parted(words, grid.box)
        table = _table(grid, inside, page.number)
        if table:
            tables.append(table)
            words = outside
    return tables, words


def _parted(words: Iterable[Word], box: Box) -> tuple[list[Word], list[Word]]:
    inside: list[Word] = []
    outside: list[Word] = []
    for word in words:
        height = word.base - 0.3 * word.style.size
        within = box.top <= height <= box.bottom and box.left <= (word.left + word.right) / 2 <= box.right
        (inside if within else outside).append(word)
    return inside, outside


def _table(grid: Grid, words: Sequence[Word], page: int) -> Table | None:
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    filled: dict[tuple[int, int], list[Word]] = {}
    for word in words:
        row = bisect_right(grid.ys, word.base - 0.3 * word.style.size) - 1
        column = bisect_right(grid.xs, (word.left + word.right) / 2) - 1
        if 0 <= row < rows and 0 <= column < columns:
            filled.setdefault(grid.anchor(row, column), []).append(word)
    if len(filled) < 2 or len(filled) < LEAST_FILLED * grid.cells:
        return None
    if any(_is_frame(words) for words in filled.values()):
        return None
    cells = [[cell_of(filled.get((row, column), [])) for column in range(columns)] for row in range(rows)]
    return _trimmed(cells, grid, page)


def _is_frame(words: list[Word]) -> bool:
    """Whether a cell holds a part of the page, with columns of its own: its lines frame that, and make no table."""
    rows = rows_of(pieces_of(words))
    if len(rows) > LONGEST_CELL:
        return True
    split = [row for row in rows if any(b.left - a.right > FRAMED * a.size for a, b in pairwise(row))]
    return len(rows) >= FRAMED_ROWS and len(split) > len(rows) / 2


def _trimmed(cells: list[list[Spans]], grid: Grid, page: int) -> Table | None:
    """Without rows and columns that are empty throughout: two lines drawn side by side, room between rows."""
    rows = [row for row in cells if any(row)]
    kept = [number for number in range(len(grid.xs) - 1) if any(row[number] for row in rows)]
    if len(kept) < 2 or len(rows) < 2:
        return None
    return Table([[row[number] for number in kept] for row in rows], [grid.xs[n] for n in kept], page, grid.box)
