"""What a document is made of. `text` is Markdown with line ends of one character; ranges are of the document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from textwrap import dedent

_MARK = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])[ \t]*")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of any kind; one that is nothing else is a quotation, or a paragraph that was too long."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Heading(Block):
    """A heading: its level from 1, its words without their marks."""

    level: int
    words: str


@dataclass(frozen=True, slots=True)
class Paragraph(Block):
    """Lines of text."""


@dataclass(frozen=True, slots=True)
class Code(Block):
    """A block of code with its fence; `language` is what stands after it."""

    language: str


@dataclass(frozen=True, slots=True)
class Item(Block):
    """An item of a list; `lead` is the first of its paragraphs."""

    lead: str

    @property
    def content(self) -> str:
        """Its text without its mark and without the indentation that follows from it."""
        return dedent(_MARK.sub(lambda found: " " * len(found[0]), self.text, count=1)).strip("\n")


@dataclass(frozen=True, slots=True)
class List(Block):
    """A list, with the items that aren't in other lists. `is_whole` unless it was divided."""

    is_ordered: bool
    items: tuple[Item, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Definition(Block):
    """A term and one of its meanings."""

    term: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Definitions(Block):
    """A definition list."""

    items: tuple[Definition, ...]


@dataclass(frozen=True, slots=True)
class Row(Block):
    """A row of a table, and its cells."""

    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table(Block):
    """A table. `head` is its first two lines, None in a later piece of a table that was divided."""

    head: str | None
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    is_whole: bool
