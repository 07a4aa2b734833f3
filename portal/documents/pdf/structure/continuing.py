"""Paragraphs and tables that go on in the next column or on the next page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from portal.documents.pdf.blocks import Block, Code, Item, Note, Paragraph, Spans, Table, text_of

ENDS = (".", "!", "?", ":", "…", "”", '"', ")", "»", ";")
SHIFT = 8.0
"""Points by which the columns of a table may stand elsewhere on the next page."""


def continued(areas: Sequence[Sequence[Block]]) -> list[Block]:
    """The blocks of all areas in order, those that go on from one area to the next as one. Footnotes at the end of an
    area don't stand between."""
    blocks: list[Block] = []
    for area in areas:
        waiting: list[Block] = []
        while blocks and isinstance(blocks[-1], Note):
            waiting.insert(0, blocks.pop())
        following = list(area)
        if blocks and following and _goes_on(blocks[-1], following[0]):
            _append(blocks[-1], following.pop(0))
        blocks += [*following, *waiting] if not _has_notes(following) else list(_notes_first(following, waiting))
    return blocks


def _has_notes(blocks: Sequence[Block]) -> bool:
    return bool(blocks) and isinstance(blocks[-1], Note)


def _notes_first(blocks: list[Block], notes: list[Block]) -> Iterator[Block]:
    """Earlier footnotes before later ones."""
    split = next(number for number in range(len(blocks), -1, -1) if not _has_notes(blocks[:number]))
    yield from blocks[:split]
    yield from notes
    yield from blocks[split:]


def _goes_on(block: Block, following: Block) -> bool:
    if isinstance(block, Table):
        return isinstance(following, Table) and _same_columns(block, following)
    if isinstance(block, Code):
        return isinstance(following, Code)
    text = block.text if isinstance(block, Item) else block
    if not isinstance(text, Paragraph) or not isinstance(following, Paragraph) or text.style != following.style:
        return False
    begins = text_of(following.spans)
    ends = text_of(text.spans).rstrip()
    if ends.endswith("-") or (not ends.endswith(ENDS) and begins[:1].islower()):
        return True
    return text.full and not ends.endswith(ENDS) and text.lines > 1


def _same_columns(one: Table, other: Table) -> bool:
    if len(one.edges) != len(other.edges):
        return False
    shift = other.edges[0] - one.edges[0]
    return all(abs(b - a - shift) <= SHIFT for a, b in zip(one.edges, other.edges, strict=True))


def _append(block: Block, following: Block) -> None:
    if isinstance(block, Table) and isinstance(following, Table):
        rows = following.rows[1:] if _same_text(block.rows[0], following.rows[0]) else following.rows
        block.rows.extend(rows)
        return
    if isinstance(block, Code) and isinstance(following, Code):
        indent = max(following.indent - block.indent, 0)
        block.lines += [" " * indent + line for line in following.lines]
        return
    text = block.text if isinstance(block, Item) else block
    if isinstance(text, Paragraph) and isinstance(following, Paragraph):
        _append_text(text, following)


def _append_text(text: Paragraph, following: Paragraph) -> None:
    first, *others = following.spans
    text.spans = [*text.spans, replace(first, text="\n" + first.text), *others]
    text.lines += following.lines
    text.full = following.full


def _same_text(one: list[Spans], other: list[Spans]) -> bool:
    return [text_of(cell).split() for cell in one] == [text_of(cell).split() for cell in other]
