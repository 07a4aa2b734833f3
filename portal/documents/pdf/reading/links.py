"""The links of a page that lead out of the document."""

from __future__ import annotations

import ctypes
from ctypes import byref

import pypdfium2.raw as pdfium

from portal.documents.pdf.model import Link, Word
from portal.documents.pdf.reading.placing import Placing

SCHEMES = ("http://", "https://", "mailto:", "ftp://")
MOST_LINKS = 1_000
LONGEST = 2_048
"""Bytes of an address."""


def links_of(document: object, page: object, placing: Placing) -> list[Link]:
    """Where the links of a page are and where they lead, those within the document left out."""
    position, annotation = ctypes.c_int(0), pdfium.FPDF_LINK()
    links: list[Link] = []
    while len(links) < MOST_LINKS and pdfium.FPDFLink_Enumerate(page, byref(position), byref(annotation)):
        address = _address(document, annotation)
        rect = pdfium.FS_RECTF()
        if address.lower().startswith(SCHEMES) and pdfium.FPDFLink_GetAnnotRect(annotation, byref(rect)):
            links.append(Link(placing.box(rect.left, rect.bottom, rect.right, rect.top), address))
    return links


def link_words(words: list[Word], links: list[Link]) -> None:
    """Note on each word the link that it is part of."""
    for link in links:
        box = link.box
        for word in words:
            height = word.base - 0.3 * word.style.size
            if box.top <= height <= box.bottom and box.left - 1 <= (word.left + word.right) / 2 <= box.right + 1:
                word.link = link.address


def _address(document: object, annotation: object) -> str:
    action = pdfium.FPDFLink_GetAction(annotation)
    if not action:
        return ""
    buffer = ctypes.create_string_buffer(LONGEST)
    pdfium.FPDFAction_GetURIPath(document, action, buffer, LONGEST)
    address = buffer.value.decode("utf-8", "replace")
    return "".join(letter for letter in address if letter.isprintable()).replace(" ", "%20")
