"""Whether a PDF can be converted at all, found out before PDFium sees it: it ends the process over some files.

pikepdf (qpdf) is asked, since it reads what PDFium passes over: the units that a page is measured in (`/UserUnit`,
ISO 32000-1, table 30), and what its content is packed in.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf

from portal.documents import failures
from portal.documents.failures import ConversionFailed

BEGINNING = 1024
"""Bytes among which the mark of a PDF must be (ISO 32000-1, annex H, note 13)."""
END = 1 << 16
"""Bytes at the end among which the mark of its end must be."""
MOST_PAGES = 5_000
LARGEST_PAGE = 14_400
"""Points, width or height: 200 inches, which is Acrobat's limit (ISO 32000-1, annex C.2)."""
MOST_CONTENT = 64 << 20
"""Bytes to which the content of one page may unpack. Books of text take some thousand."""
DEEPEST = 40
"""Forms within forms."""

Form = tuple[int, int]
"""The number and generation of a form."""


@dataclass(slots=True)
class Checked:
    """What is known of a PDF that passed: `damaged` says that its end is missing or its structure had to be mended,
    `broken` are the numbers of pages whose content is cut or garbled."""

    damaged: bool = False
    broken: list[int] = field(default_factory=list)


def check(path: Path) -> Checked:
    """Look at the file as a whole and at each page.

    Raises:
        ConversionFailed: EMPTY, PDF_UNREADABLE, PAGE_TOO_LARGE, TOO_LONG or ARCHIVE_BOMB.
    """
    checked = Checked(damaged=not _is_whole(path))
    try:
        with pikepdf.open(path, suppress_warnings=True) as document:
            _check_pages(document, checked)
    except pikepdf.PasswordError as error:
        raise ConversionFailed(failures.PDF_UNREADABLE, "it needs a password") from error
    except pikepdf.PdfError as error:
        raise ConversionFailed(failures.PDF_UNREADABLE, str(error)) from error
    return checked


def _is_whole(path: Path) -> bool:
    """Whether the file ends as a PDF does. Raises ConversionFailed where it doesn't even begin as one."""
    with path.open("rb") as file:
        beginning = file.read(BEGINNING)
        size = file.seek(0, 2)
        file.seek(max(size - END, 0))
        end = file.read()
    if not beginning:
        raise ConversionFailed(failures.EMPTY)
    if b"%PDF-" not in beginning:
        raise ConversionFailed(failures.PDF_UNREADABLE, "there is no %PDF- at its beginning")
    return b"%%EOF" in end


def _check_pages(document: pikepdf.Pdf, checked: Checked) -> None:
    count = len(document.pages)
    if not count:
        raise ConversionFailed(failures.PDF_UNREADABLE, "it has no pages")
    if count > MOST_PAGES:
        raise ConversionFailed(failures.TOO_LONG, f"{count} pages, more than {MOST_PAGES}")
    harmless: set[Form] = set()
    for number, page in enumerate(document.pages, start=1):
        _check_size(page, number)
        _check_forms(page.obj, harmless, ())
        if not _is_sound(page):
            checked.broken.append(number)


def _check_size(page: pikepdf.Page, number: int) -> None:
    unit = _number(page.obj.get("/UserUnit", 1)) or 1.0
    try:
        left, bottom, right, top = (_number(side) for side in page.mediabox)
    except (ValueError, TypeError, AttributeError):
        return  # PDFium takes the size of a letter then
    width, height = abs(right - left) * unit, abs(top - bottom) * unit
    if not max(width, height) <= LARGEST_PAGE:
        raise ConversionFailed(failures.PAGE_TOO_LARGE, f"page {number} measures {width:.0f} x {height:.0f} points")


def _check_forms(holder: pikepdf.Object, harmless: set[Form], around: tuple[Form, ...]) -> None:
    """Raises ConversionFailed where a form holds itself: PDFium would read it until the process ends. `harmless` are
    those that were looked at before, `around` those that the holder is in."""
    for form in _forms(holder):
        if form.objgen in around or len(around) > DEEPEST:
            raise ConversionFailed(failures.PDF_UNREADABLE, "a form holds itself, or too many others")
        if form.objgen not in harmless:
            _check_forms(form, harmless, (*around, form.objgen))
            harmless.add(form.objgen)


def _forms(holder: pikepdf.Object) -> list[pikepdf.Object]:
    resources = holder.get("/Resources")
    objects = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    if not isinstance(objects, pikepdf.Dictionary):
        return []
    return [one for one in objects.values() if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Form"]


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _is_sound(page: pikepdf.Page) -> bool:
    """Whether all of a page's content unpacks. Raises ConversionFailed where it unpacks to far too much."""
    contents = page.obj.get("/Contents")
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    left, sound = MOST_CONTENT, True
    for stream in streams:
        if isinstance(stream, pikepdf.Stream):
            unpacked, whole = _unpacked(stream, left)
            left -= unpacked
            sound = sound and whole
    return sound


def _unpacked(stream: pikepdf.Stream, most: int) -> tuple[int, bool]:
    """To how many bytes a stream unpacks, and whether it does so up to its end. Other packings than Flate can't unpack
    to much, but in front of Flate they can."""
    filters = stream.stream_dict.get("/Filter")
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if names != ["/FlateDecode"]:
        if names.count("/FlateDecode") > 1:
            raise ConversionFailed(failures.ARCHIVE_BOMB, "content is packed several times over")
        return 0, True
    packed, unpacker = stream.read_raw_bytes(), zlib.decompressobj()
    try:
        size = len(unpacker.decompress(packed, most + 1))
    except zlib.error:
        return 0, False
    if size > most:
        raise ConversionFailed(
            failures.ARCHIVE_BOMB, f"the content of a page unpacks to more than {MOST_CONTENT} bytes"
        )
    return size, unpacker.eof or not packed
