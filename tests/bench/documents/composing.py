"""Documents from seeds: the same seed and shape give the same document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from tests.bench.documents.model import Block, Code, Document, Heading, Item, Listing, Paragraph, Span, Spans, Table
from tests.bench.documents.vocabulary import MONTHS, PLACES, Voice

COLUMNS = ("number", "number", "price", "day", "place", "words", "mark")
SHEET_COLUMNS = ("count", "count", "rate", "day", "place", "words", "mark")
"""What the cells of a column hold; in sheets, numbers are numbers."""


@dataclass(frozen=True)
class Shape:
    """How much there is of what: `sections`, columns of the widest table, and rows of the one table that is long
    enough for more than a page (0: there is none)."""

    sections: int = 5
    widest: int = 7
    long_table: int = 45


def compose(seed: int, shape: Shape) -> Document:
    """A document of the shape `shape`: several pages where its format has pages."""
    return _Composer(Random(seed), shape).document()


def compose_slides(seed: int, slides: int) -> Document:
    """A title and as many slides, each with a title of its own and a list, a paragraph or a table."""
    composer = _Composer(Random(seed), Shape(widest=5))
    return composer.document_of(composer.slides(slides))


def compose_sheets(seed: int, sheets: int, rows: int, columns: int = 7) -> Document:
    """A workbook: for each sheet its name as a heading, and a table of `rows` rows below its head."""
    composer = _Composer(Random(seed), Shape())
    return replace(composer.document_of(()), blocks=tuple(composer.sheets(sheets, rows, columns)))


class _Composer:
    def __init__(self, chance: Random, shape: Shape) -> None:
        self.chance = chance
        self.shape = shape
        self.voice = Voice(chance)
        self.numbered = chance.random() < 0.4
        self.levels = chance.choice((3, 3, 4))

    def document(self) -> Document:
        return self.document_of(self._body())

    def document_of(self, body: Iterable[Block]) -> Document:
        title = f"{self.voice.label()}, {self.chance.randint(1990, 2025)}"
        head = f"{self.voice.words(2, 3)} – {self.chance.choice(MONTHS)} {self.chance.randint(1990, 2025)}"
        return Document(title, head, (Heading(1, title), *body))

    def slides(self, count: int) -> Iterator[Block]:
        for number in range(1, count + 1):
            yield self._heading(2, f"{number}")
            match self.chance.choice(("list", "list", "paragraph", "table")):
                case "list":
                    yield self._listing()
                case "paragraph":
                    yield Paragraph((Span(self.voice.sentences(2, 4)),))
                case "table":
                    yield self._table(self.chance.randint(3, 7))

    def sheets(self, count: int, rows: int, columns: int) -> Iterator[Block]:
        for number in range(1, count + 1):
            yield Heading(2, f"{self.voice.words(1, 1)} {number}")
            makers = [self.chance.choice(SHEET_COLUMNS) for _ in range(columns - 1)]
            head = tuple(f"{self.voice.words(1, 1)} {column}" for column in range(1, columns + 1))
            yield Table((head, *(self._row(makers) for _ in range(rows))))

    def _body(self) -> Iterator[Block]:
        yield from self._paragraphs()
        with_long_table = self.chance.randint(1, self.shape.sections)
        for number in range(1, self.shape.sections + 1):
            yield from self._section(number)
            if number == with_long_table and self.shape.long_table:
                yield self._table(self.shape.long_table)
                yield self._paragraph()

    def _section(self, number: int) -> Iterator[Block]:
        yield self._heading(2, f"{number}")
        yield from self._paragraphs()
        for inner in range(1, self.chance.randint(1, 3) + 1):
            yield self._heading(3, f"{number}.{inner}")
            yield from self._paragraphs()
            yield from self._extra()
            if self.levels > 3 and self.chance.random() < 0.4:
                yield self._heading(4, f"{number}.{inner}.1")
                yield self._paragraph()

    def _extra(self) -> Iterator[Block]:
        kind = self.chance.choices(("table", "list", "code", "none"), (4, 4, 1.5, 1))[0]
        if kind == "table":
            yield self._table(self.chance.randint(3, 9))
        elif kind == "list":
            yield self._listing()
        elif kind == "code":
            yield self._code()
        if kind != "none":
            yield self._paragraph()

    def _heading(self, level: int, number: str) -> Heading:
        label = self.voice.label()
        return Heading(level, f"{number} {label}" if self.numbered else label)

    def _paragraphs(self) -> Iterator[Paragraph]:
        for _ in range(self.chance.randint(1, 3)):
            yield self._paragraph()

    def _paragraph(self) -> Paragraph:
        return Paragraph(tuple(self._spans(self.chance.randint(2, 6))))

    def _spans(self, sentences: int) -> Iterator[Span]:
        for number in range(sentences):
            text = self.voice.sentence()
            if self.chance.random() < 0.25:
                yield from self._accented(text)
            else:
                yield Span(text)
            if self.chance.random() < 0.02:
                yield Span("", note=self.voice.sentence())
            if number < sentences - 1:
                yield Span(" ")

    def _accented(self, sentence: str) -> Iterator[Span]:
        """The sentence with some of its words in bold, italic or type, or as a link."""
        words = sentence.split(" ")
        first = self.chance.randint(1, len(words) - 4)
        last = first + self.chance.randint(1, 2)
        yield Span(" ".join(words[:first]) + " ")
        yield self._accent(" ".join(words[first:last]))
        yield Span(" " + " ".join(words[last:]))

    def _accent(self, words: str) -> Span:
        match self.chance.choice(("bold", "bold", "italic", "link", "code")):
            case "bold":
                return Span(words, bold=True)
            case "italic":
                return Span(words, italic=True)
            case "link":
                return Span(words, link=f"https://example.org/{self.voice['n']}/{self.chance.randint(1, 999)}")
            case _:
                return Span(f"{self.voice['n']}_{self.voice['n']}", code=True)

    def _listing(self) -> Listing:
        return Listing(tuple(self._items(self.chance.randint(3, 6))), numbered=self.chance.random() < 0.4)

    def _items(self, count: int) -> Iterator[Item]:
        for _ in range(count):
            inner = None
            if self.chance.random() < 0.3:
                items = tuple(Item(self._short()) for _ in range(self.chance.randint(2, 3)))
                inner = Listing(items, numbered=self.chance.random() < 0.3)
            yield Item(self._short(), inner)

    def _short(self) -> Spans:
        return (Span(self.voice.sentence() if self.chance.random() < 0.6 else self.voice.words(2, 5)),)

    def _table(self, rows: int) -> Table:
        most = 4 if rows == self.shape.long_table else self.shape.widest
        makers = [self.chance.choice(COLUMNS) for _ in range(self.chance.randint(2, min(most, self.shape.widest)) - 1)]
        head = (self.voice.words(1, 2), *(self.voice.words(1, 2) for _ in makers))
        body = (self._row(makers) for _ in range(rows))
        return Table((head, *body))

    def _row(self, makers: list[str]) -> tuple[str, ...]:
        first = self.voice.words(1, 2)
        return (first, *("" if self.chance.random() < 0.08 else self._cell(maker) for maker in makers))

    def _cell(self, maker: str) -> str:
        chance = self.chance
        match maker:
            case "number":
                return f"{chance.randint(1, 99_999):,}"
            case "count":
                return str(chance.randint(1, 99_999))
            case "rate":
                return f"{chance.randint(0, 999)}.{chance.randint(0, 9)}{chance.randint(1, 9)}"
            case "price":
                return f"{chance.uniform(1, 999):.2f}"
            case "day":
                return f"{chance.randint(1, 28)} {chance.choice(MONTHS)[:3]} {chance.randint(1990, 2025)}"
            case "place":
                return chance.choice(PLACES)
            case "words":
                return self.voice.words(1, 3)
            case _:
                return chance.choice(("yes", "no", "n/a", "–"))

    def _code(self) -> Code:
        return Code("\n".join(self._code_lines()))

    def _code_lines(self) -> Iterator[str]:
        name, other = self.voice["n"], self.voice["n"]
        yield f"def count_{name}(items):"
        yield "    total = 0"
        yield f"    for {other} in items:"
        yield f"        if {other}.size > {self.chance.randint(1, 99)}:"
        yield "            total += 1"
        yield "    return total"
