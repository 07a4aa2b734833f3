"""What a file really is, judged by its content and never by its name."""

import re
from dataclasses import dataclass
from typing import BinaryIO

from portal.reading.problems import SAVE_AS_UTF8, UnreadableFile, not_a_csv

UPLOAD_TABLE = "Upload the table itself as a CSV file."
UNPACK = "Unpack it and upload the CSV file inside."
EXPORT = "Export the table as CSV from the program that made it, and upload that file."

# A ZIP's list of names stands at its end: enough of it to meet a workbook's first parts.
TAIL_BYTES = 1 << 18


@dataclass(frozen=True)
class Kind:
    code: str
    is_a: str
    fix: str

    def refusal(self) -> UnreadableFile:
        return not_a_csv(self.code, self.is_a, self.fix)


IMAGE = Kind("image", "an image", UPLOAD_TABLE)
GZIP = Kind("gzip", "a gzip-compressed file", UNPACK)
ARCHIVE = Kind("archive", "a compressed archive", UNPACK)
ZIP = Kind("zip_archive", "a ZIP archive", UNPACK)
EXCEL = Kind("excel_workbook", "an Excel workbook", SAVE_AS_UTF8)
OLD_EXCEL = Kind("old_excel_workbook", "an old Excel workbook (.xls)", SAVE_AS_UTF8)
OPEN_DOCUMENT = Kind(
    "opendocument_spreadsheet",
    "an OpenDocument spreadsheet",
    "In LibreOffice choose Save as, Text CSV, character set Unicode (UTF-8), and upload that file.",
)
WORD = Kind("word_document", "a Word document", "Copy the table into a spreadsheet and save it as CSV UTF-8.")
POWERPOINT = Kind("powerpoint_document", "a PowerPoint presentation", UPLOAD_TABLE)
HTML = Kind("html", "a web page (HTML)", "Download the table itself as CSV; a sign-in page may have come instead.")
XML = Kind("xml", "an XML document", EXPORT)
JSON = Kind("json", "a JSON document", EXPORT)

SIGNATURES: tuple[tuple[re.Pattern[bytes], Kind], ...] = tuple(
    (re.compile(pattern, re.DOTALL), kind)
    for pattern, kind in (
        (rb"\s{0,1024}%PDF-", Kind("pdf", "a PDF document", EXPORT)),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_EXCEL),
        (rb"\x1f\x8b", GZIP),
        (rb"BZh[1-9]1AY&SY|\xfd7zXZ\0|\x28\xb5\x2f\xfd|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07", ARCHIVE),
        (rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|II\*\0|MM\0\*", IMAGE),
        (rb"PAR1[\0-\x1f]", Kind("parquet", "a Parquet file", EXPORT)),
        (rb"SQLite format 3\0", Kind("sqlite", "an SQLite database", EXPORT)),
    )
)

ZIPPED = (
    (rb"application/vnd\.oasis\.opendocument\.spreadsheet", OPEN_DOCUMENT),
    (rb"xl/workbook\.(?:xml|bin)", EXCEL),
    (rb"word/document\.xml", WORD),
    (rb"ppt/presentation\.xml", POWERPOINT),
)

MARKUP = (
    (rb"\s*<(?:!doctype html|html|head|body|table)\b", HTML),
    (rb"\s*<\?xml\b", XML),
    (rb'\s*(?:\{\s*["}]|\[\s*(?:[\[{"\]]|-?\d|(?:true|false|null)\b))', JSON),
)


def refuse_binary_formats(source: BinaryIO, head: bytes) -> None:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise _zipped_kind(head + _tail(source)).refusal()
    for pattern, kind in SIGNATURES:
        if pattern.match(head):
            raise _old_office_kind(head).refusal() if kind is OLD_EXCEL else kind.refusal()


def refuse_markup(text: bytes) -> None:
    """`text` is the beginning of the file in UTF-8."""
    for pattern, kind in MARKUP:
        if re.match(pattern, text, re.IGNORECASE):
            raise kind.refusal()


def _zipped_kind(content: bytes) -> Kind:
    return next((kind for pattern, kind in ZIPPED if re.search(pattern, content)), ZIP)


def _old_office_kind(head: bytes) -> Kind:
    # The streams of an OLE file are named in UTF-16, usually within the first megabyte.
    return WORD if "WordDocument".encode("utf-16-le") in head else OLD_EXCEL


def _tail(source: BinaryIO) -> bytes:
    size = source.seek(0, 2)
    source.seek(max(0, size - TAIL_BYTES))
    return source.read()
