"""Pages to one document: what is repeated goes, what belongs together is joined, and all of it becomes Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from portal.documents.pdf.blocks import Block, Code, Item, Note, Spans, Table, text_of
from portal.documents.pdf.layout.lines import pieces_of
from portal.documents.pdf.layout.pages import Content, blocks_by_area
from portal.documents.pdf.model import Page, Word
from portal.documents.pdf.structure.continuing import continued
from portal.documents.pdf.structure.footnotes import label, with_notes
from portal.documents.pdf.structure.furniture import without_furniture
from portal.documents.pdf.structure.headings import body_style, with_headings
from portal.documents.pdf.structure.lists import nest
from portal.documents.pdf.tables.banded import banded_tables
from portal.documents.pdf.tables.ruled import ruled_tables
from portal.documents.pdf.writing.markdown import markdown_of

WINDOW = 40
"""Pages that are held at once, with all their words. Running heads are looked for among them."""
MOSTLY = 0.6
"""The part of all letters in a typeface of fixed pitch above which it doesn't stand for code."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """A document's Markdown, and how many letters its pages have without running heads and page numbers."""

    markdown: str
    letters: int


def assembled(pages: Iterable[Page]) -> Assembled:
    """The pages as one document."""
    areas: list[list[Block]] = []
    letters = 0
    for window in _windows(pages):
        for content in _contents(window):
            letters += content.letters
            areas += blocks_by_area(content)
    size = body_style([block for area in areas for block in area]).size
    areas = [with_notes(area, size) for area in areas]
    label(areas)
    blocks = with_headings(continued(areas))
    nest(blocks)
    return Assembled(markdown_of(blocks, _vocabulary(blocks)), letters)


def _windows(pages: Iterable[Page]) -> Iterator[list[Page]]:
    pages = iter(pages)
    while window := list(islice(pages, WINDOW)):
        yield window


def _contents(pages: list[Page]) -> Iterator[Content]:
    """What the pages of a window consist of, without furniture."""
    code = _has_code(pages)
    drawn = [_drawn_tables(page) for page in pages]
    pieces = [pieces_of(words) for _, words in drawn]
    kept = without_furniture([(page.height, lines) for page, lines in zip(pages, pieces, strict=True)])
    for page, lines, (tables, _) in zip(pages, kept, drawn, strict=True):
        yield Content(page.number, lines, tables, code=code)


def _drawn_tables(page: Page) -> tuple[list[Table], list[Word]]:
    """Tables that are drawn, and the words that are in none of them."""
    ruled, words = ruled_tables(page)
    banded, words = banded_tables(page, words)
    return [*ruled, *banded], words


def _has_code(pages: list[Page]) -> bool:
    fixed = sum(len(word.text) for page in pages for word in page.words if word.style.mono)
    return fixed < MOSTLY * sum(len(word.text) for page in pages for word in page.words)


def _vocabulary(blocks: Iterable[Block]) -> frozenset[str]:
    """All words, in lower case, without the marks around them."""
    return frozenset(
        word.strip(".,;:!?()[]“”\"'").lower() for spans in _texts(blocks) for word in text_of(spans).split()
    )


def _texts(blocks: Iterable[Block]) -> Iterator[Spans]:
    for block in blocks:
        match block:
            case Table(rows):
                yield from (cell for row in rows for cell in row)
            case Item(text) | Note(text):
                yield text.spans
            case Code():
                pass
            case _:
                yield block.spans
