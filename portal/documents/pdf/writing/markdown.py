"""A document's blocks as Markdown: CommonMark with the tables and footnotes of GitHub."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from portal.documents.pdf.blocks import Block, Code, Heading, Item, Note, Paragraph, Table
from portal.documents.pdf.writing.inline import Inline
from portal.documents.writing import escaping, tables


def markdown_of(blocks: Sequence[Block], vocabulary: frozenset[str]) -> str:
    """The document as Markdown. `vocabulary` are its words; it decides whether a hyphen at a line's end stays."""
    inline = Inline(vocabulary)
    text = "\n\n".join(part for part in _parts(blocks, inline) if part.strip())
    return f"{text}\n" if text else ""


def _parts(blocks: Sequence[Block], inline: Inline) -> Iterator[str]:
    """Blocks in order, the footnotes last; the entries of a list are one part."""
    entries: list[Item] = []
    for block in blocks:
        if isinstance(block, Item):
            entries.append(block)
            continue
        if entries:
            yield "\n".join(_list(entries, inline))
            entries = []
        if not isinstance(block, Note):
            yield _block(block, inline)
    if entries:
        yield "\n".join(_list(entries, inline))
    for block in blocks:
        if isinstance(block, Note):
            yield f"[^{block.label}]: {inline.text(block.text.spans)}"


def _block(block: Paragraph | Heading | Table | Code, inline: Inline) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {inline.text(block.spans, plain=True)}"
        case Table():
            return _table(block, inline)
        case Code():
            return _code(block.lines)
        case Paragraph():
            return inline.paragraph(block.spans)


def _list(entries: Iterable[Item], inline: Inline) -> Iterator[str]:
    """Entries, inner ones indented by as much as the marks of those around them take."""
    indents: list[int] = []
    for entry in entries:
        depth = min(entry.depth, len(indents))
        del indents[depth:]
        mark = "-" if entry.number is None else f"{entry.number}."
        yield f"{' ' * sum(indents)}{mark} {inline.text(entry.text.spans)}"
        indents.append(len(mark) + 1)


def _table(block: Table, inline: Inline) -> str:
    head, *rows = block.rows
    plain = [inline.text(cell, plain=True) for cell in head]
    return tables.table([plain, *([inline.text(cell) for cell in row] for row in rows)])


def _code(lines: Sequence[str]) -> str:
    fence = escaping.fence_for("\n".join(lines))
    return "\n".join([fence, *lines, fence])
