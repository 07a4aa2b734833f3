"""Tables of Markdown, with pipes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from portal.documents.writing import escaping

_CELL_BREAKS = re.compile(r"\s*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])\s*")
_PIPE = re.compile(r"(?<!\\)((?:\\\\)*)\|")
_MOST_COLUMNS = 20_000
_MOST_CELLS = 5_000_000


@dataclass(frozen=True)
class Cell:
    """A cell that may reach over several columns and rows; its text is Markdown."""

    text: str
    columns: int
    rows: int


class TooManyCells(Exception):
    """A table claims more cells than any that people write."""


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows of cells that are Markdown already; the first is the header. Rows that are shorter than the longest get
    empty cells; rows without any text go. Empty without any row that has text."""
    kept = [row for row in rows if any(map(str.strip, row))]
    width = max(map(len, kept), default=0)
    if not width:
        return ""
    head, *body = (_line([*row, *[""] * (width - len(row))]) for row in kept)
    return "\n".join([head, "|" + " --- |" * width, *body])


def cell(text: str) -> str:
    """Plain text as a cell."""
    return escaping.inline(text)


def unspanned(rows: Iterable[Iterable[Cell]]) -> list[list[str]]:
    """A table in which cells span, as one in which each has its own place: a cell's text stands in its first place,
    and the others that it covers are empty. Raises TooManyCells."""
    grid: list[list[str]] = []
    covered: dict[int, int] = {}  # column -> rows below that are still covered
    cells = 0
    for row in rows:
        placed = list(_placed(row, covered))
        cells += len(placed)
        if cells > _MOST_CELLS or len(placed) > _MOST_COLUMNS:
            raise TooManyCells
        grid.append(placed)
    return grid


def _placed(row: Iterable[Cell], covered: dict[int, int]) -> Iterator[str]:
    column = 0
    for one in row:
        while covered.get(column, 0):
            covered[column] -= 1
            column += 1
            yield ""
        for offset in range(min(max(one.columns, 1), _MOST_COLUMNS)):
            covered[column] = one.rows - 1
            column += 1
            yield "" if offset else one.text
    for later in sorted(place for place, rows in covered.items() if rows and place >= column):
        covered[later] -= 1


def _line(cells: Sequence[str]) -> str:
    line = "\x1f".join(cells)
    if "|" in line:
        line = _PIPE.sub(r"\1\\|", line)
    if line.splitlines() != [line]:
        line = "\x1f".join(_CELL_BREAKS.sub("<br>", cell.strip()) for cell in line.split("\x1f"))
    return "| " + line.replace("\x1f", " | ") + " |"
