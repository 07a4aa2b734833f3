"""Footnotes: small print at the foot of an area that begins with a mark, and the marks in the text that point to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from portal.documents.pdf.blocks import Block, Item, Note, Paragraph, Span

MARK = re.compile(r"^\s*\[?(\d{1,3}|[*†‡§¶])\]?[.)]?(?=\s|$)")
SMALLER = 0.95
"""Times the size of the running text."""


def with_notes(blocks: Sequence[Block], size: float) -> list[Block]:
    """The blocks of an area, with the small print at its end as footnotes. `size` is that of its running text."""
    end = len(blocks)
    while end and _is_note(blocks[end - 1], size):
        end -= 1
    notes = [note for block in blocks[end:] if (note := _note(block)) is not None]
    return [*blocks[:end], *notes] if notes and len(notes) == len(blocks) - end else list(blocks)


def _is_note(block: Block, size: float) -> bool:
    text = block.text if isinstance(block, Item) else block
    return isinstance(text, Paragraph) and text.style.size < SMALLER * size and _mark_of(block) is not None


def _mark_of(block: Block) -> str | None:
    if isinstance(block, Item):
        return None if block.number is None else str(block.number)
    if not isinstance(block, Paragraph):
        return None
    first = block.spans[0]
    match = MARK.match(first.text)
    return match.group(1) if match and (first.raised or len(first.text) > match.end()) else None


def _note(block: Block) -> Note | None:
    mark = _mark_of(block)
    if mark is None:
        return None
    match block:
        case Item():
            return Note(block.text, mark)
        case Paragraph():
            block.spans = _without_mark(block.spans)
            return Note(block, mark)
        case _:
            return None


def _without_mark(spans: list[Span]) -> list[Span]:
    first = spans[0]
    rest = MARK.sub("", first.text, count=1).lstrip()
    kept = [Span(rest, first.bold, first.italic, first.mono, False, first.link)] if rest else []
    return kept + spans[1:]


def label(areas: Sequence[Sequence[Block]]) -> None:
    """Give footnotes labels that are unique in the document, and point the marks in their page's text to them."""
    labels: dict[tuple[int, str], str] = {}
    for area in areas:
        for block in area:
            if isinstance(block, Note):
                block.label = str(len(labels) + 1)
                labels[block.text.page, block.mark] = block.label
    for area in areas if labels else []:
        for block in area:
            text = block.text if isinstance(block, Item) else block
            if isinstance(text, Paragraph):
                text.spans = [_pointed(span, text.page, labels) for span in text.spans]


def _pointed(span: Span, page: int, labels: dict[tuple[int, str], str]) -> Span:
    if not span.raised:
        return span
    found = labels.get((page, span.text.strip().strip("[]()")))
    return replace(span, note=found) if found else span
