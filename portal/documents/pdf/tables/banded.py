"""Tables with horizontal lines only, or with shaded rows: these tell where the table is and where rows end, but not
where its columns are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from portal.documents.pdf.blocks import Spans, Table
from portal.documents.pdf.layout.lines import Line, pieces_of, rows_of
from portal.documents.pdf.model import Box, Page, Word
from portal.documents.pdf.tables.cells import Column, cells_of, columns_of, content_of, crosses, row_of
from portal.documents.pdf.tables.grids import MOST_LINES, SAME, Edge, edges_of

FEWEST_LINES = 3
"""Of a table: above its head, below it, and at its end."""
ENDS = 4.0
"""Points by which the ends of lines of one table may differ."""
EACH_ROW = 5
"""With as many lines or more, one is taken to stand between any two rows."""
LINES_OF_A_ROW = 3
MOST_CROSSING = 0.25
"""The part of rows that may reach over a gap between columns."""
LEAST_HEAD = 16.0
"""Points above the first line in which a head may stand."""
FARTHER, LEAST_APART = 4.0, 90.0
"""Times the usual distance of lines, and points: lines further apart belong to two tables."""
FEWEST_FILLED = 0.3
"""The part of cells that must have something in them."""


@dataclass(frozen=True, slots=True)
class Zone:
    """Lines of one length below each other."""

    left: float
    right: float
    ys: list[float]

    @property
    def box(self) -> Box:
        return Box(self.left, self.ys[0], self.right, self.ys[-1])


def banded_tables(page: Page, words: list[Word]) -> tuple[list[Table], list[Word]]:
    """The tables between such lines, and the words that are in none of them."""
    tables: list[Table] = []
    for zone in _zones(page):
        found = _found(zone, words)
        if len(found) > 1 and (table := _table(zone, found, page.number)):
            tables.append(table)
            taken = {id(word) for word in found}
            words = [word for word in words if id(word) not in taken]
    return tables, words


def _found(zone: Zone, words: list[Word]) -> list[Word]:
    """The words between the lines. Those of a head may stand above the first line."""
    inside = [word for word in words if _within(word, zone.box)]
    above = Box(zone.left, zone.ys[0] - max(zone.ys[1] - zone.ys[0], LEAST_HEAD), zone.right, zone.ys[0])
    rows = rows_of(pieces_of([word for word in words if _within(word, above)])) if inside else []
    columns = columns_of(rows_of(pieces_of(inside))) if rows else []
    heads: list[list[Line]] = []
    for row in reversed(rows):
        lower = heads[-1][0].top if heads else zone.ys[0]
        if len(columns) < 2 or crosses(row, columns) or len(row) < 2 or lower - row[0].bottom > row[0].size:
            break
        heads.append(row)
    return [word for row in heads[::-1] for piece in row for word in piece.words] + inside


def _zones(page: Page) -> Iterator[Zone]:
    flat, _ = edges_of(page.rules, page.fills, page.width * page.height)
    groups: list[list[Edge]] = []
    if len(flat) > MOST_LINES:
        return
    for edge in sorted(flat, key=lambda edge: edge.at):
        group = next((group for group in groups if _like(group[-1], edge)), None)
        if group is None:
            groups.append([edge])
        elif edge.at - group[-1].at > SAME:
            group.append(edge)
    for group in groups:
        if len(group) >= FEWEST_LINES:
            yield from _parts(group[0].start, group[0].end, [edge.at for edge in group])


def _parts(left: float, right: float, ys: list[float]) -> Iterator[Zone]:
    """Lines of one table: where two of them are much further apart than usual, another table begins."""
    farthest = max(FARTHER * median(other - one for one, other in pairwise(ys)), LEAST_APART)
    part = ys[:1]
    for one, other in pairwise(ys):
        if other - one > farthest:
            if len(part) >= FEWEST_LINES:
                yield Zone(left, right, part)
            part = []
        part.append(other)
    if len(part) >= FEWEST_LINES:
        yield Zone(left, right, part)


def _like(one: Edge, other: Edge) -> bool:
    return abs(one.start - other.start) <= ENDS and abs(one.end - other.end) <= ENDS


def _within(word: Word, box: Box) -> bool:
    height = word.base - 0.3 * word.style.size
    return box.top <= height <= box.bottom and box.left - 2 <= (word.left + word.right) / 2 <= box.right + 2


def _table(zone: Zone, words: list[Word], page: int) -> Table | None:
    rows = rows_of(pieces_of(words))
    columns = columns_of(rows)
    if len(columns) < 2 or len(rows) < 2 or sum(crosses(row, columns) for row in rows) > MOST_CROSSING * len(rows):
        return None
    ys = [min(rows[0][0].top, zone.ys[0]) - 1, *zone.ys] if rows[0][0].base < zone.ys[0] else zone.ys
    bands = [band for top, bottom in pairwise(ys) if (band := _band(rows, top, bottom))]
    each_row = len(zone.ys) >= EACH_ROW and median(len(band) for band in bands) <= LINES_OF_A_ROW
    content = list(_content(bands, columns, each_row=each_row))
    filled = sum(bool(cell) for row in content for cell in row)
    if len(content) < 2 or filled < FEWEST_FILLED * len(content) * len(columns):
        return None
    return Table(content, [left for left, _ in columns], page, zone.box)


def _band(rows: Sequence[list[Line]], top: float, bottom: float) -> list[list[Line]]:
    return [row for row in rows if top <= row[0].base - 0.3 * row[0].size < bottom]


def _content(bands: list[list[list[Line]]], columns: list[Column], *, each_row: bool) -> Iterator[list[Spans]]:
    for number, band in enumerate(bands):
        cells = [cells_of(row, columns) for row in band]
        if each_row or number == 0:
            yield row_of(cells)
        else:
            yield from content_of(cells)
