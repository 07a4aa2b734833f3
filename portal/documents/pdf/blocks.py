"""What a document is made of, once its pages have been understood."""

from __future__ import annotations

from dataclasses import dataclass

from portal.documents.pdf.model import Box, Style


@dataclass(frozen=True, slots=True)
class Span:
    """Text of one look. A line of the page ends where `text` has a line feed. `raised` stands for marks of footnotes
    and exponents; `note` is the label of the footnote that such a mark belongs to."""

    text: str
    bold: bool = False
    italic: bool = False
    mono: bool = False
    raised: bool = False
    link: str | None = None
    note: str | None = None


Spans = list[Span]


def text_of(spans: Spans) -> str:
    """The text alone, line feeds included."""
    return "".join(span.text for span in spans)


@dataclass(slots=True)
class Paragraph:
    """Running text; headings are paragraphs too until the whole document is known. `gap` is the room above it, in
    points, `full` says that its last line fills the column, so that it may go on elsewhere."""

    spans: Spans
    style: Style
    page: int
    box: Box
    lines: int
    gap: float = 0.0
    full: bool = False


@dataclass(slots=True)
class Heading:
    """`level` is 1 to 6."""

    spans: Spans
    level: int


@dataclass(slots=True)
class Item:
    """An entry of a list. `number` is None for bullets; `left` is how far its mark is from the left end of its column;
    `depth` 0 is the outermost list."""

    text: Paragraph
    number: int | None
    left: float
    depth: int = 0


@dataclass(slots=True)
class Table:
    """Rows of cells, all of one length. `edges` are the left ends of its columns."""

    rows: list[list[Spans]]
    edges: list[float]
    page: int
    box: Box

    @property
    def left(self) -> float:
        return self.box.left

    @property
    def right(self) -> float:
        return self.box.right

    @property
    def top(self) -> float:
        return self.box.top

    @property
    def bottom(self) -> float:
        return self.box.bottom


@dataclass(slots=True)
class Code:
    """Lines in a typeface of fixed pitch, indented as on the page; `indent` is by how many letters all of them are."""

    lines: list[str]
    page: int
    indent: int = 0


@dataclass(slots=True)
class Note:
    """A footnote. `mark` is as printed, `label` what it is called in Markdown."""

    text: Paragraph
    mark: str
    label: str = ""


Block = Paragraph | Heading | Item | Table | Code | Note
