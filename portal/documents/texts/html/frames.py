"""Elements whose content has to be whole before it can be written: items and lists, cells and tables, quotations,
notes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from portal.documents import failures
from portal.documents.failures import ConversionFailed
from portal.documents.texts.html import inline, markup
from portal.documents.writing import blocks, tables
from portal.documents.writing.tables import Cell

NOTE = "note"
"""An element that is a footnote; its attribute `number` says which."""
LISTS = ("ul", "ol", "menu", "dir")
CELLS = ("td", "th")
TAGS = ("li", "blockquote", "table", "caption", NOTE, *CELLS, *LISTS)

_BEGINS_LIST = re.compile(r"(?:-|\d+\.) ")
_MOST_SPANNED = 1000
"""Columns or rows (HTML, 4.9.11)."""


class Words(str):
    """A block's text that isn't a paragraph yet: in a cell, it isn't taken for a list anyway."""

    __slots__ = ()


@dataclass(slots=True)
class Frame:
    """One such element: the blocks in it, which are the items of a list, and the rows of a table. `has_structure` says
    that there is more in it than a cell of Markdown could hold."""

    tag: str
    attributes: str = ""
    blocks: list[str] = field(default_factory=list)
    rows: list[list[str | Cell]] = field(default_factory=list)
    has_structure: bool = False

    def text(self) -> str:
        """The blocks, one after the other; within an item, a list follows close upon the text above it."""
        guarded = [inline.paragraph(block) if isinstance(block, Words) else block for block in self.blocks]
        if len(guarded) < 2 or self.tag != "li":
            return "\n\n".join(guarded)
        first, *others = guarded
        return first + "".join(("\n" if _BEGINS_LIST.match(block) else "\n\n") + block for block in others)

    def add_row(self, cells: list[str]) -> None:
        """A table's row of cells that have nothing but text, which is Markdown."""
        self.blocks.append(Words("\n".join(cells)))
        self.rows.append([*cells])

    def put_into(self, outer: Frame, around_outer: Frame) -> None:
        """Write what is in it into the element that it stands in; a table's caption goes before the table. Raises
        ConversionFailed: a table of too many cells."""
        if self.tag == "li":
            outer.blocks.append(self.text())
        elif self.tag == "caption":
            around_outer.blocks += self.blocks
        elif self.tag == "table":
            self._put_table(outer)
        elif self.tag in CELLS:
            self._put_cell(outer)
        elif self.tag in LISTS:
            self._put_list(outer)
        elif text := self.text():
            outer.blocks.append(self._marked(text))
        outer.has_structure |= self.has_structure and self.tag != "table"

    def _marked(self, text: str) -> str:
        if self.tag == NOTE:
            return f"[^{markup.attribute(self.attributes, 'number')}]: {blocks.indented(text, 4)}"
        return blocks.quoted(text) if self.tag == "blockquote" else text

    def _put_list(self, outer: Frame) -> None:
        start = markup.number(self.attributes, "start", 10**9) if self.tag == "ol" else None
        text = blocks.listed([str(item) for item in self.blocks], start=start)
        if outer.tag in LISTS and outer.blocks:  # beside the item to which it belongs
            outer.blocks[-1] += f"\n{text}"
        elif text:
            outer.blocks.append(text)

    def _put_cell(self, table: Frame) -> None:
        table.blocks += self.blocks
        text = "\n".join(self.blocks).replace("\\\n", "\n")
        columns, rows = (markup.number(self.attributes, name, _MOST_SPANNED) for name in ("colspan", "rowspan"))
        if table.rows:
            table.rows[-1].append(Cell(text, columns, rows) if columns > 1 or rows > 1 else text)

    def _put_table(self, outer: Frame) -> None:
        """A table that only says where things stand becomes what stands there."""
        if self.has_structure or sum(map(len, self.rows)) < 2:
            outer.blocks += self.blocks
            outer.has_structure |= self.has_structure
        elif text := tables.table(_unspanned(self.rows)):
            outer.blocks.append(text)
            outer.has_structure = True


def _unspanned(rows: list[list[str | Cell]]) -> list[list[str]]:
    if not any(isinstance(cell, Cell) for row in rows for cell in row):
        return rows  # type: ignore[return-value]
    try:
        return tables.unspanned([[_as_cell(cell) for cell in row] for row in rows])
    except tables.TooManyCells as error:
        raise ConversionFailed(failures.TOO_LONG, "a table of too many cells") from error


def _as_cell(cell: str | Cell) -> Cell:
    return cell if isinstance(cell, Cell) else Cell(cell, 1, 1)
