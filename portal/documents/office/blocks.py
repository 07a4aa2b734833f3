"""Blocks of an Office document to Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from portal.documents import failures
from portal.documents.failures import ConversionFailed
from portal.documents.office import lists
from portal.documents.office.structure import Block
from portal.documents.office.text import Notes, Writer, image, is_monospaced, plain
from portal.documents.writing import blocks as writing
from portal.documents.writing import escaping, tables

DEEPEST = 60
"""Levels of blocks within blocks. Word itself allows no more than 9 levels of lists."""

_REPEATED = frozenset({"dt", "ftr", "hdr", "sldNum"})
"""Placeholders of slides that show the same on each: date, footer, header, number."""


def markdown(blocks: list[Block]) -> str:
    """All blocks of a document, its notes at the end. Raises ConversionFailed: nested too deeply, a table too wide."""
    return "\n\n".join(Blocks(Writer(Notes(), code_fonts=not _is_typewritten(blocks))).document(blocks))


@dataclass
class Blocks:
    """Writes blocks; each becomes one piece of Markdown, between which stands an empty line."""

    writer: Writer

    def document(self, blocks: list[Block]) -> Iterator[str]:
        """The pieces of a whole document."""
        notes = {(block["type"], block.get("id")): block for block in _notes_in(blocks)}
        yield from self.pieces(blocks)
        written = 0
        while written < len(self.writer.notes.numbers):  # a note can have notes
            key, number = list(self.writer.notes.numbers.items())[written]
            written += 1
            if key in notes:
                content = "\n\n".join(self.pieces(notes[key].get("content", [])))
                yield f"[^{number}]: {writing.indented(content, 4)}"

    def pieces(self, blocks: Iterable[Block], depth: int = 0) -> Iterator[str]:
        """What each block becomes; code that goes over several paragraphs is one piece."""
        if depth > DEEPEST:
            raise ConversionFailed(failures.MALFORMED, "blocks are nested too deeply")
        for is_code, group in groupby(lists.joined(blocks), self._is_code):
            if is_code:
                yield writing.fenced("\n".join(plain(block["content"]) for block in group))
            else:
                yield from (piece for block in group for piece in self._block(block, depth) if piece.strip())

    def _is_code(self, block: Block) -> bool:
        return block.get("type") == "paragraph" and self.writer.is_code(block.get("content") or [])

    def _block(self, block: Block, depth: int) -> Iterator[str]:
        match block.get("type"):
            case "paragraph":
                yield self._paragraph(block)
            case "heading":
                yield self._heading(block)
            case "list":
                yield self._list(block, depth)
            case "table":
                yield from self._table(block, depth)
            case "image":
                yield image(block)
            case "speaker_notes":
                yield writing.quoted("\n\n".join(["Notes:", *self.pieces(block["content"], depth + 1)]))
            case "footnote" | "endnote":
                return
            case _:
                yield from self.pieces(block.get("content") or block.get("elements") or [], depth + 1)

    def _paragraph(self, block: Block) -> str:
        if block.get("placeholder_role") in _REPEATED:
            return ""
        lines = self.writer.inline(block.get("content") or []).strip().split("\n")
        return "\\\n".join(escaping.line_start(line.strip()) for line in lines)

    def _heading(self, block: Block) -> str:
        text = " ".join(self.writer.inline(block.get("content") or [], bold=False).split())
        return f"{'#' * min(max(block.get('level', 1), 1), 6)} {text}" if text else ""

    def _list(self, block: Block, depth: int) -> str:
        items = [self._item(item, depth) for item in block.get("items") or []]
        return writing.listed(items, start=(block.get("start_number") or 1) if block.get("ordered") else None)

    def _item(self, item: Block, depth: int) -> str:
        text = "\n\n".join(self.pieces(item.get("content") or [], depth + 1))
        nested = item.get("nested")
        return "\n".join(filter(None, [text, *self.pieces([{"type": "list", **nested}] if nested else [], depth + 1)]))

    def _table(self, block: Block, depth: int) -> Iterator[str]:
        rows = block.get("rows") or []
        if len(rows) == 1 and len(rows[0].get("cells") or []) == 1:  # a frame around text
            yield from self.pieces(rows[0]["cells"][0].get("content") or [], depth + 1)
            return
        if caption := block.get("caption"):
            yield escaping.block(caption) if isinstance(caption, str) else ""
        try:
            yield tables.table(tables.unspanned([self._row(row, depth, first=not n) for n, row in enumerate(rows)]))
        except tables.TooManyCells as error:
            raise ConversionFailed(failures.TOO_LONG, "a table of too many cells") from error

    def _row(self, row: Block, depth: int, *, first: bool) -> list[tables.Cell]:
        return [
            tables.Cell(self._cell(cell, depth, bold=not first), cell.get("col_span", 1), cell.get("row_span", 1))
            for cell in row.get("cells") or []
        ]

    def _cell(self, cell: Block, depth: int, *, bold: bool) -> str:
        content = cell.get("content") or []
        if all(block.get("type") == "paragraph" for block in content):
            texts = (self.writer.inline(block.get("content") or [], bold=bold).strip() for block in content)
            return "<br>".join(filter(None, texts)).replace("\n", "<br>")
        return "<br>".join(_within_cell(piece) for piece in self.pieces(content, depth + 1))


def _is_typewritten(blocks: list[Block]) -> bool:
    runs = [run for block in blocks if block.get("type") == "paragraph" for run in block.get("content") or []]
    monospaced = sum(len(run.get("text") or "") for run in runs if is_monospaced(run))
    return monospaced > 0.6 * sum(len(run.get("text") or "") for run in runs)


def _notes_in(blocks: Iterable[Block]) -> Iterator[Block]:
    return (block for block in blocks if block.get("type") in ("footnote", "endnote"))


def _within_cell(piece: str) -> str:
    """A list or a table in a cell, where Markdown has room for neither: its lines."""
    lines = (line.strip().strip("|").replace(" | ", ", ").strip() for line in piece.split("\n"))
    return "<br>".join(line for line in lines if line.strip("-| ,"))
