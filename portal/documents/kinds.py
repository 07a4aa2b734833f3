"""The kinds of documents, and how a file's kind is found: from its content. The name decides only among texts, whose
content doesn't tell (a CSV file is a text file, and so is Markdown), and for content that can't be recognised at all:
a file named `.pdf` that isn't one is a damaged PDF, and is told so."""

from __future__ import annotations

import json
import os
import re
from enum import StrEnum
from pathlib import Path, PurePath
from typing import BinaryIO


class Kind(StrEnum):
    """A kind of document; the value is its usual suffix, and the `type` that the API gives."""

    PDF = "pdf"
    DOCX = "docx"
    DOC = "doc"
    PPTX = "pptx"
    PPT = "ppt"
    XLSX = "xlsx"
    HTML = "html"
    RTF = "rtf"
    RST = "rst"
    TXT = "txt"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    XML = "xml"
    MARKDOWN = "md"

    @property
    def label(self) -> str:
        """What people call it."""
        return _LABELS[self]

    @property
    def media_type(self) -> str:
        """What HTTP calls it."""
        return _MEDIA_TYPES[self]

    @property
    def is_converted(self) -> bool:
        """Whether Markdown has to be made of it. Markdown itself is only checked."""
        return self is not Kind.MARKDOWN


_LABELS = {
    Kind.PDF: "PDF document",
    Kind.DOCX: "Word document (DOCX)",
    Kind.DOC: "Word document (DOC)",
    Kind.PPTX: "PowerPoint presentation (PPTX)",
    Kind.PPT: "PowerPoint presentation (PPT)",
    Kind.XLSX: "Excel workbook (XLSX)",
    Kind.HTML: "Web page (HTML)",
    Kind.RTF: "Rich text (RTF)",
    Kind.RST: "reStructuredText",
    Kind.TXT: "Plain text",
    Kind.CSV: "Table as text (CSV)",
    Kind.JSON: "JSON",
    Kind.JSONL: "JSON Lines",
    Kind.XML: "XML",
    Kind.MARKDOWN: "Markdown",
}
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: f"{_OPEN_XML}.wordprocessingml.document",
    Kind.DOC: "application/msword",
    Kind.PPTX: f"{_OPEN_XML}.presentationml.presentation",
    Kind.PPT: "application/vnd.ms-powerpoint",
    Kind.XLSX: f"{_OPEN_XML}.spreadsheetml.sheet",
    Kind.HTML: "text/html",
    Kind.RTF: "application/rtf",
    Kind.RST: "text/x-rst",
    Kind.TXT: "text/plain",
    Kind.CSV: "text/csv",
    Kind.JSON: "application/json",
    Kind.JSONL: "application/jsonl",
    Kind.XML: "application/xml",
    Kind.MARKDOWN: "text/markdown",
}
_SUFFIXES = {kind.value: kind for kind in Kind} | {
    "docm": Kind.DOCX,
    "dotx": Kind.DOCX,
    "pptm": Kind.PPTX,
    "ppsx": Kind.PPTX,
    "xlsm": Kind.XLSX,
    "htm": Kind.HTML,
    "xhtml": Kind.HTML,
    "rest": Kind.RST,
    "text": Kind.TXT,
    "tsv": Kind.CSV,
    "ndjson": Kind.JSONL,
    "rss": Kind.XML,
    "atom": Kind.XML,
    "markdown": Kind.MARKDOWN,
}
_OPEN_XML_KINDS = {b"word": Kind.DOCX, b"ppt": Kind.PPTX, b"xl": Kind.XLSX}
_OLE_KINDS = {"WordDocument": Kind.DOC, "PowerPoint Document": Kind.PPT}
_OLE_BOOKS = ("Workbook", "Book")

HEAD = 64 * 1024
"""Bytes of a file's beginning that `sniff` wants to see, and of its end for archives."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PART = re.compile(rb"PK(?:\x03\x04.{26}|\x01\x02.{42})(word|ppt|xl)/", re.DOTALL)
_BINARY_BOOK = b"xl/workbook.bin"
_OPEN_DOCUMENT = b"mimetypeapplication/"
_CONTROLS = re.compile(rb"[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]")
_START_OF_HTML = re.compile(r"(?:<\?xml[^>]*>|<!--.*?-->|\s)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.DOTALL)
_TEXTS = frozenset(
    {Kind.HTML, Kind.RST, Kind.TXT, Kind.CSV, Kind.JSON, Kind.JSONL, Kind.XML, Kind.MARKDOWN},
)


def kind_of(path: Path, name: str) -> Kind | None:
    """The kind of the file at `path`, which people know as `name`; None where it is none that can be converted."""
    with path.open("rb") as file:
        return kind_of_file(file, name)


def kind_of_file(file: BinaryIO, name: str) -> Kind | None:
    """The same for an open file that can be positioned. At most 200 KiB of it are read."""
    head = file.read(HEAD)
    if head.startswith(_OLE):
        return sniff(head, name, _ole_directory(file, head))
    return sniff(head, name, _tail(file) if head.startswith(_ZIP) else b"")


def sniff(head: bytes, name: str, more: bytes = b"") -> Kind | None:
    """The kind of a file that begins with `head`. `more` is what else tells: the last `HEAD` bytes of an archive, or
    the directory of an OLE file (Microsoft, *MS-CFB*, 2.6). Never raises."""
    named = kind_named(name)
    if not head.strip():
        return named or Kind.TXT  # the conversion says that it is empty
    if head.startswith(_ZIP):
        return _kind_in_archive(head + more, named)
    if head.startswith(_OLE):
        return _kind_in_ole(more, named)
    if b"%PDF-" in head[:1024] and (head.lstrip().startswith(b"%PDF-") or named not in _TEXTS):
        return Kind.PDF
    if head.lstrip().startswith(b"{\\rtf"):
        return Kind.RTF
    text = _as_text(head)
    return _kind_of_text(text, named) if text is not None else _unless_text(named)


def kind_named(name: str) -> Kind | None:
    """What a file's name claims that it is."""
    return _SUFFIXES.get(PurePath(name).suffix.lower().removeprefix("."))


def _tail(file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - HEAD))
    return file.read(HEAD)


def _ole_directory(file: BinaryIO, head: bytes) -> bytes:
    sector = 1 << min(int.from_bytes(head[30:32], "little"), 12)
    file.seek((int.from_bytes(head[48:52], "little") + 1) * sector)
    return file.read(8192)


def _kind_in_archive(listed: bytes, named: Kind | None) -> Kind | None:
    part = _PART.search(listed)
    if part and _BINARY_BOOK not in listed:
        return _OPEN_XML_KINDS[part[1]]
    foreign = _BINARY_BOOK in listed or _OPEN_DOCUMENT in listed[:200]
    return None if foreign else _unless_text(named)


def _kind_in_ole(directory: bytes, named: Kind | None) -> Kind | None:
    streams = directory.decode("utf-16-le", "replace")
    for stream, kind in _OLE_KINDS.items():
        if stream in streams:
            return kind
    if "EncryptedPackage" in streams:
        return _unless_text(named) or Kind.DOCX  # any of them says that it is locked
    return None if any(f"{book}\0" in streams for book in _OLE_BOOKS) else _unless_text(named)


def _unless_text(named: Kind | None) -> Kind | None:
    return None if named in _TEXTS else named


def _as_text(head: bytes) -> str | None:
    """The beginning of a file as text, enough to tell marks by; None for anything that isn't text."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    if head.startswith(b"\xef\xbb\xbf"):
        head = head[3:]
    zeros = [head[offset::2].count(0) for offset in (0, 1)]
    if max(zeros) > 0.3 * len(head) / 2 and min(zeros) == 0:
        return head.decode("utf-16-le" if zeros[1] else "utf-16-be", "replace")
    return head.decode("latin-1") if len(_CONTROLS.findall(head)) <= 0.02 * len(head) else None


def _kind_of_text(text: str, named: Kind | None) -> Kind | None:
    start = text.lstrip()
    if _START_OF_HTML.match(text[:4096]):
        return Kind.HTML
    if start.startswith("<?xml"):
        return Kind.XML
    if start[:1] in ("[", "{") and named in (None, Kind.TXT, Kind.JSON, Kind.JSONL):
        return _kind_of_json(start, named)
    return named or Kind.TXT


def _kind_of_json(start: str, named: Kind | None) -> Kind | None:
    first, _, rest = start.partition("\n")
    if _is_json(first):
        return Kind.JSONL if rest.strip() else _either_json(named) or Kind.JSON
    if _either_json(named):
        return Kind.JSON if rest.strip() else named
    return Kind.JSON if _is_json(start) else Kind.TXT


def _either_json(named: Kind | None) -> Kind | None:
    return named if named in (Kind.JSON, Kind.JSONL) else None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
