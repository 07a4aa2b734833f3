"""PPTX as PowerPoint writes it: a slide for each heading, with a list, a paragraph or a table below its title."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Inches

from tests.bench.documents import model

TITLE_SLIDE, TITLE_AND_CONTENT, TITLE_ONLY = 0, 1, 5
"""Layouts of python-pptx's own template."""


def write_pptx(document: model.Document, path: Path) -> None:
    """Write `document`, whose headings each have at most one block below them."""
    show = Presentation()
    blocks = document.blocks
    for block, following in zip(blocks, (*blocks[1:], None), strict=True):
        if isinstance(block, model.Heading):
            _add_slide(show, block, following)
    show.save(str(path))


def _add_slide(show: Any, heading: model.Heading, content: model.Block | None) -> None:
    layout = (
        TITLE_SLIDE if heading.level == 1 else TITLE_ONLY if isinstance(content, model.Table) else TITLE_AND_CONTENT
    )
    slide = show.slides.add_slide(show.slide_layouts[layout])
    slide.shapes.title.text = heading.text
    match content:
        case model.Table(rows):
            _fill_table(slide.shapes, rows)
        case model.Listing():
            frame = slide.placeholders[1].text_frame
            for number, (text, depth, numbered) in enumerate(_lines(content, 0)):
                paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
                paragraph.text, paragraph.level = text, depth
                if numbered:
                    properties = paragraph._p.get_or_add_pPr()
                    etree.SubElement(properties, qn("a:buAutoNum"), type="arabicPeriod")
        case model.Paragraph(spans):
            slide.placeholders[1].text_frame.text = "".join(span.text for span in spans)


def _fill_table(shapes: Any, rows: tuple[tuple[str, ...], ...]) -> None:
    place = (Inches(0.5), Inches(1.7), Inches(9), Inches(0.4 * len(rows)))
    table = shapes.add_table(len(rows), len(rows[0]), *place).table
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text


def _lines(listing: model.Listing, depth: int) -> Iterator[tuple[str, int, bool]]:
    for item in listing.items:
        yield "".join(span.text for span in item.spans), depth, listing.numbered
        if item.inner:
            yield from _lines(item.inner, depth + 1)
