"""One page to areas of blocks, in the order of reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from portal.documents.pdf.blocks import Block, Table, text_of
from portal.documents.pdf.layout.columns import areas_of
from portal.documents.pdf.layout.lines import Line, rows_of
from portal.documents.pdf.layout.paragraphs import blocks_of
from portal.documents.pdf.tables.aligned import aligned_tables

STACKED = 0.25
"""Times the letters' size by which rows side by side reach into each other."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a page consists of, once its furniture is gone. `tables` are those that were drawn; `code` says whether a
    typeface of fixed pitch stands for code."""

    number: int
    pieces: list[Line]
    tables: list[Table]
    code: bool

    @property
    def letters(self) -> int:
        """How many it has, within tables and outside."""
        written = sum(len(word.text) for piece in self.pieces for word in piece.words)
        return written + sum(len(text_of(cell)) for table in self.tables for row in table.rows for cell in row)


def blocks_by_area(page: Content) -> list[list[Block]]:
    """The page's blocks, for each of its areas."""
    return [_blocks(area, page) for area in areas_of([*page.pieces, *page.tables])]


def _blocks(area: Sequence[object], page: Content) -> list[Block]:
    """The blocks of an area: what stands between its tables is taken together."""
    blocks: list[Block] = []
    lines: list[Line] = []
    for item in area:
        if isinstance(item, Table):
            blocks += _text_and_tables(lines, page)
            blocks.append(item)
            lines = []
        elif isinstance(item, Line):
            lines.append(item)
    return blocks + _text_and_tables(lines, page)


def _text_and_tables(lines: list[Line], page: Content) -> list[Block]:
    stacks = _stacks(rows_of(lines))
    blocks: list[Block] = []
    done = 0
    for found in aligned_tables([list(chain.from_iterable(stack)) for stack in stacks], page.number):
        blocks += blocks_of(list(chain.from_iterable(stacks[done : found.first])), page.number, code=page.code)
        blocks.append(found.table)
        done = found.last
    return blocks + blocks_of(list(chain.from_iterable(stacks[done:])), page.number, code=page.code)


def _stacks(rows: list[list[Line]]) -> list[list[list[Line]]]:
    """Rows that reach into each other's height, side by side: cells of one row of a table, of which some have more
    lines than others and are set in the middle of its height."""
    stacks: list[list[list[Line]]] = []
    for row in rows:
        if stacks and _reaches_into(row, stacks[-1][-1]):
            stacks[-1].append(row)
        else:
            stacks.append([row])
    return stacks


def _reaches_into(row: list[Line], above: list[Line]) -> bool:
    if row[0].top > above[0].bottom - STACKED * row[0].size:
        return False
    return all(one.right < other.left or one.left > other.right for one in row for other in above)
