"""A document as such: what all formats can say, and what Markdown can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A piece of text of one kind. `link` is where it leads, `note` the footnote whose mark follows it."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str | None = None
    note: str | None = None


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Heading:
    """`level` 1 is the document's title."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    spans: Spans


@dataclass(frozen=True)
class Item:
    spans: Spans
    inner: Listing | None = None


@dataclass(frozen=True)
class Listing:
    items: tuple[Item, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells, all of one length; the first one is the head."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Code:
    text: str


Block = Heading | Paragraph | Listing | Table | Code


@dataclass(frozen=True)
class Document:
    """`running_head` stands on every page of formats that have pages, and isn't part of the text."""

    title: str
    running_head: str
    blocks: tuple[Block, ...]

    def notes(self) -> list[str]:
        """The footnotes, in order: the first one has the number 1."""
        return [span.note for span in self._spans() if span.note]

    def _spans(self) -> Iterator[Span]:
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield from block.spans
