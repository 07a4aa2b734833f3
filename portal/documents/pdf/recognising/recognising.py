"""Pages that are only images: their words, recognised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pypdfium2 as pypdfium

from portal.documents.pdf.model import Page
from portal.documents.pdf.recognising.hocr import words_in
from portal.documents.pdf.recognising.images import draw
from portal.documents.pdf.recognising.tesseract import RecognitionFailed, recognise


def recognised(pages: Iterable[Page], document: pypdfium.PdfDocument, folder: Path) -> Iterator[Page]:
    """The pages, those that are only images with what Tesseract recognises in them. `folder` is for the images. Where
    nothing is recognised, or Tesseract fails, a page stays as it is.

    Raises:
        ConversionFailed: if Tesseract is needed and isn't installed.
    """
    for page in pages:
        if page.pictured:
            _recognise(page, document, folder / "page.pgm")
        yield page


def _recognise(page: Page, document: pypdfium.PdfDocument, image: Path) -> None:
    try:
        dpi = draw(document, page.number, image)
        words = words_in(recognise(image, dpi), dpi)
    except RecognitionFailed:
        return
    finally:
        image.unlink(missing_ok=True)
    if words:
        page.words, page.recognised = words, True
        page.rules, page.fills = [], []
