"""Pages of an open PDF, read one at a time: what PDFium holds for a page is given back before the next one."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import byref
from dataclasses import replace

import pypdfium2 as pypdfium
import pypdfium2.raw as pdfium

from portal.documents.pdf.model import Page
from portal.documents.pdf.reading.bullets import with_bullets
from portal.documents.pdf.reading.drawings import drawings_of, images_of
from portal.documents.pdf.reading.links import link_words, links_of
from portal.documents.pdf.reading.placing import Placing
from portal.documents.pdf.reading.textlayer import TextLayer
from portal.documents.pdf.reading.words import placed

FEW_LETTERS = 20
"""Of a page's text layer. With fewer, images or drawings may be what there is to read: a scanner may print a number."""
COVERED = 0.3
"""The part of a page that images cover if they are what there is to read."""
MANY_OBJECTS = 50
"""On a page without letters: letters that were turned into outlines. Fewer are a decoration."""
UNREADABLE = 0.3
"""The part of letters of which a font doesn't tell which they are, above which the page must be looked at."""


def read_pages(document: pypdfium.PdfDocument, *, drawn: bool) -> Iterator[Page]:
    """All pages of the document, the first one with number 1. `drawn` asks for what is drawn and for links as well."""
    for number in range(1, len(document) + 1):
        page = pdfium.FPDF_LoadPage(document.raw, number - 1)
        if not page:
            yield Page(number, missing=True)
            continue
        try:
            yield _read(document.raw, page, number, drawn=drawn)
        finally:
            pdfium.FPDF_ClosePage(page)


def _read(document: object, page: object, number: int, *, drawn: bool) -> Page:
    placing = _placing(page)
    text = TextLayer(page)
    try:
        found = text.find()
        placing = replace(placing, turn=text.turn(found)) if found else placing
        read = Page(number, *placing.size, words=placed(found, placing))
    finally:
        text.close()
    read.pictured = _is_pictured(page, text, read, placing)
    if drawn:
        _add_drawn(read, document, page, placing)
    return read


def _add_drawn(read: Page, document: object, page: object, placing: Placing) -> None:
    drawings = drawings_of(page, placing)
    read.rules, read.fills = drawings.rules, drawings.fills
    if drawings.dots:
        read.words = with_bullets(read.words, drawings.dots)
    link_words(read.words, links_of(document, page, placing))


def _is_pictured(page: object, text: TextLayer, read: Page, placing: Placing) -> bool:
    if text.letters >= FEW_LETTERS:
        return text.unreadable > UNREADABLE * text.letters
    if not text.letters and pdfium.FPDFPage_CountObjects(page) >= MANY_OBJECTS:
        return True
    return sum(box.width * box.height for box in images_of(page, placing)) >= COVERED * read.width * read.height


def _placing(page: object) -> Placing:
    rect = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, byref(rect))
    return Placing(rect.left, rect.bottom, rect.right, rect.top, pdfium.FPDFPage_GetRotation(page))
