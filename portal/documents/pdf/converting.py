"""One PDF to Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pypdfium

from portal.documents import failures
from portal.documents.converting import Markdown, Source
from portal.documents.failures import ConversionFailed
from portal.documents.methods import Method
from portal.documents.pdf.assembling import assembled
from portal.documents.pdf.checks import MOST_PAGES, Checked, check
from portal.documents.pdf.model import Page
from portal.documents.pdf.plain import plain
from portal.documents.pdf.reading.pages import read_pages
from portal.documents.pdf.recognising.recognising import recognised
from portal.documents.pdf.survey import Survey

LEAST_KEPT = 0.8
"""The part of a document's letters that its Markdown must have."""


def convert(source: Source) -> Markdown:
    """The PDF as Markdown.

    Both methods judge where words stand and how they look. `speed-optimized` reads nothing else. `accuracy-optimized`
    also reads the lines, shaded areas and dots that are drawn, and the links, and has text recognised on pages that
    are only images.

    Raises:
        ConversionFailed: with one of EMPTY, PDF_UNREADABLE, PAGE_TOO_LARGE, TOO_LONG, ARCHIVE_BOMB, SCANNED,
            NO_TEXT_RECOGNISED, RECOGNISER_MISSING.
    """
    checked = check(source.path)
    document = _opened(source.path)
    try:
        return _converted(document, source, checked)
    finally:
        document.close()


def _opened(path: Path) -> pypdfium.PdfDocument:
    try:
        document = pypdfium.PdfDocument(path)
    except pypdfium.PdfiumError as error:
        raise ConversionFailed(failures.PDF_UNREADABLE, str(error)) from error
    if len(document) > MOST_PAGES:
        raise ConversionFailed(failures.TOO_LONG, f"{len(document)} pages, more than {MOST_PAGES}")
    return document


def _converted(document: pypdfium.PdfDocument, source: Source, checked: Checked) -> Markdown:
    survey = Survey()
    made = assembled(survey.of(_pages(document, source)))
    survey.refuse(source.method, checked)
    notes = survey.notes(source.method, checked)
    if _letters(made.markdown) >= LEAST_KEPT * made.letters:
        return Markdown(made.markdown, len(document), notes)
    notes.append("The layout of the pages couldn't be understood, so this is their text alone.")
    return Markdown(plain(_pages(document, source)), len(document), notes)


def _pages(document: pypdfium.PdfDocument, source: Source) -> Iterator[Page]:
    if source.method is Method.SPEED:
        return read_pages(document, drawn=False)
    return recognised(read_pages(document, drawn=True), document, source.folder)


def _letters(text: str) -> int:
    return len("".join(text.split()))
