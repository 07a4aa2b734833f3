"""PDF as programs print it: in one column or two, tables with rules or without, with a running head and page numbers.

ReportLab knows no footnotes; each page keeps room for those of its paragraphs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from reportlab.lib import colors
from reportlab.lib.enums import TA_JUSTIFY, TA_LEFT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    ListFlowable,
    ListItem,
    NextPageTemplate,
    PageTemplate,
    Preformatted,
    Spacer,
    Table,
)
from reportlab.platypus import Paragraph as PlacedParagraph

from tests.bench.documents import model
from tests.bench.documents.writers.look import Look, register_fonts

GUTTER = 23.0
"""Between two columns, in points."""

NOTES_HEIGHT = 34.0
"""Room for the footnotes of a page, in points."""


def write_pdf(document: model.Document, path: Path, *, seed: int, columns: int = 1, ruled: bool = True) -> None:
    """Print `document` in `columns` columns; `seed` draws fonts, sizes and margins. Without `ruled`, tables have no
    lines."""
    register_fonts()
    look = Look.drawn(Random(seed))
    printer = _Printer(document, path, look, columns)
    printer.build(list(_Setter(document, look, printer.column_width, ruled).flowables()))


class _Printer(BaseDocTemplate):  # type: ignore[misc]
    """Pages with a running head, a number and the footnotes of their paragraphs."""

    def __init__(self, document: model.Document, path: Path, look: Look, columns: int) -> None:
        super().__init__(str(path), pagesize=look.page, title=document.title, invariant=1)
        self.look = look
        self.running_head = document.running_head
        self.notes_here: list[str] = []
        width, height = look.page
        self.text_width = width - 2 * look.margin
        self.column_width = (self.text_width - GUTTER * (columns - 1)) / columns
        body = height - 2 * look.margin - NOTES_HEIGHT - 20
        self.addPageTemplates(
            [
                PageTemplate("first", self._frames(columns, body, title=columns > 1), onPageEnd=self._finish_page),
                PageTemplate("later", self._frames(columns, body, title=False), onPageEnd=self._finish_page),
            ]
        )

    def _frames(self, columns: int, height: float, *, title: bool) -> list[Frame]:
        bottom = self.look.margin + NOTES_HEIGHT
        top = self.look.size * 8 if title else 0
        frames = [self._frame(0, bottom + height - top, self.text_width, top)] if title else []
        step = self.column_width + GUTTER
        return frames + [self._frame(step * n, bottom, self.column_width, height - top) for n in range(columns)]

    def _frame(self, left: float, bottom: float, width: float, height: float) -> Frame:
        no_padding = dict.fromkeys(("leftPadding", "rightPadding", "topPadding", "bottomPadding"), 0)
        return Frame(self.look.margin + left, bottom, width, height, **no_padding)

    def afterFlowable(self, flowable: Any) -> None:  # noqa: N802 - ReportLab's name
        self.notes_here += getattr(flowable, "notes", [])

    def _finish_page(self, canvas: Any, _document: Any) -> None:
        width, height = self.look.page
        number = self.look.page_number.format(canvas.getPageNumber())
        edge = height - self.look.margin * 0.6 if self.look.head_above else self.look.margin * 0.5
        canvas.setFont(self.look.fonts[0], 8)
        canvas.drawString(self.look.margin, edge, self.running_head)
        if self.look.head_above:
            canvas.drawCentredString(width / 2, self.look.margin * 0.5, number)
        else:
            canvas.drawRightString(width - self.look.margin, edge, number)
        self._print_notes(canvas)

    def _print_notes(self, canvas: Any) -> None:
        style = ParagraphStyle("note", fontName=self.look.fonts[0], fontSize=7.5, leading=9)
        top = self.look.margin + NOTES_HEIGHT - 6
        if self.notes_here:
            canvas.line(self.look.margin, top, self.look.margin + 60, top)
        for note in self.notes_here:
            placed = PlacedParagraph(note, style)
            _, height = placed.wrap(self.text_width, NOTES_HEIGHT)
            top -= height
            placed.drawOn(canvas, self.look.margin, top)
        self.notes_here.clear()


class _NotedParagraph(PlacedParagraph):  # type: ignore[misc]
    """A paragraph that brings `notes` to the page on which it ends."""

    notes: tuple[str, ...] = ()

    def split(self, width: float, height: float) -> list[_NotedParagraph]:
        parts = super().split(width, height)
        if parts:
            parts[-1].notes = self.notes
        return parts


class _Setter:
    """Flowables of a document's blocks."""

    def __init__(self, document: model.Document, look: Look, width: float, ruled: bool) -> None:
        self.document = document
        self.look = look
        self.width = width
        self.ruled = ruled
        self.numbers = {note: number for number, note in enumerate(document.notes(), start=1)}
        self.text_style = self._style("text", look.size, look.fonts[0], spaceAfter=look.size * 0.6)

    def flowables(self) -> Iterator[Any]:
        yield NextPageTemplate("later")
        for block in self.document.blocks:
            yield from self._set(block)

    def _set(self, block: model.Block) -> Iterator[Any]:
        match block:
            case model.Heading(level, text):
                yield PlacedParagraph(escape(text), self._heading_style(level))
            case model.Paragraph(spans):
                yield self._paragraph(spans)
            case model.Listing():
                yield self._list(block)
                yield Spacer(1, self.look.size * 0.6)
            case model.Table(rows):
                yield self._table(rows)
                yield Spacer(1, self.look.size)
            case model.Code(text):
                yield Preformatted(text, self._style("code", self.look.size * 0.85, self.look.fonts[2], leftIndent=12))
                yield Spacer(1, self.look.size)

    def _style(self, name: str, size: float, font: str, **more: Any) -> ParagraphStyle:
        alignment = TA_JUSTIFY if self.look.justified and name == "text" else TA_LEFT
        return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.25, alignment=alignment, **more)

    def _heading_style(self, level: int) -> ParagraphStyle:
        size = self.look.size * self.look.heading_steps[level - 1]
        return self._style(
            f"h{level}", size, self.look.fonts[1], spaceBefore=size * 0.7, spaceAfter=size * 0.4, keepWithNext=1
        )

    def _paragraph(self, spans: model.Spans) -> _NotedParagraph:
        placed = _NotedParagraph(self._markup(spans), self.text_style)
        placed.notes = tuple(f"<super>{self.numbers[span.note]}</super> {span.note}" for span in spans if span.note)
        return placed

    def _markup(self, spans: model.Spans) -> str:
        return "".join(self._span(span) for span in spans)

    def _span(self, span: model.Span) -> str:
        text = escape(span.text)
        wraps: list[tuple[object, str, str]] = [
            (span.code, f'<font face="{self.look.fonts[2]}">', "</font>"),
            (span.bold, "<b>", "</b>"),
            (span.italic, "<i>", "</i>"),
            (span.link, f'<link href={quoteattr(span.link or "")} color="blue">', "</link>"),
        ]
        for wanted, before, after in wraps:
            if wanted:
                text = before + text + after
        return f"{text}<super>{self.numbers[span.note]}</super>" if span.note else text

    def _list(self, listing: model.Listing) -> ListFlowable:
        style = self._style("item", self.look.size, self.look.fonts[0], spaceAfter=2)
        items = []
        for item in listing.items:
            parts: list[Any] = [PlacedParagraph(self._markup(item.spans), style)]
            items.append(ListItem(parts + ([self._list(item.inner)] if item.inner else [])))
        kind: dict[str, Any] = (
            {"bulletType": "1", "bulletFormat": "%s."} if listing.numbered else {"bulletType": "bullet", "start": "•"}
        )
        font = self.look.fonts[0]
        return ListFlowable(items, leftIndent=18, bulletFontName=font, bulletFontSize=self.look.size, **kind)

    def _table(self, rows: tuple[tuple[str, ...], ...]) -> Table:
        size = self.look.size * 0.88
        body, head = self._style("cell", size, self.look.fonts[0]), self._style("head", size, self.look.fonts[1])
        cells = [[PlacedParagraph(escape(cell), body if n else head) for cell in row] for n, row in enumerate(rows)]
        looks: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 4)]
        if self.ruled:
            looks += [("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke)]
        return Table(cells, colWidths=self._widths(rows, size), repeatRows=1, style=looks, hAlign="LEFT")

    def _widths(self, rows: tuple[tuple[str, ...], ...], size: float) -> list[float]:
        """As wide as the longest cell of each column wants, shrunk to the room that there is."""
        measure: Callable[[str], float] = lambda text: pdfmetrics.stringWidth(text, self.look.fonts[1], size)  # noqa: E731
        wanted = [max(measure(cell) for cell in column) + 16 for column in zip(*rows, strict=True)]
        words = [
            max(measure(word) for cell in column for word in cell.split() or [""]) + 14
            for column in zip(*rows, strict=True)
        ]
        spare = max(0.0, self.width - sum(words))
        extra = sum(wanted) - sum(words)
        share = min(1.0, spare / extra) if extra else 0.0
        return [least + (most - least) * share for least, most in zip(words, wanted, strict=True)]
