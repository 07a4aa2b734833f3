"""What a file really is, judged by its content and never by its name."""

import re
from dataclasses import dataclass

from portal.reading.binary import Binary
from portal.reading.problems import UnreadableFile, no_table

UPLOAD_TABLE = "Upload the table itself, as CSV or as a workbook."
UNPACK = "Unpack it and upload the table inside."
EXPORT = "Export the table as CSV from the program that made it, and upload that file."

# A ZIP's list of names stands at its end: enough of it to meet a workbook's first parts.
TAIL_BYTES = 1 << 18


@dataclass(frozen=True)
class Kind:
    """`is_a` is what the file is, for a sentence; `fix` is what to do where that can't be read."""

    code: str
    is_a: str
    fix: str = ""

    def refusal(self) -> UnreadableFile:
        return no_table(self.code, self.is_a, self.fix)


GZIP = Kind("gzip", "a gzip-compressed file")
BZIP2 = Kind("bzip2", "a bzip2-compressed file")
XZ = Kind("xz", "an xz-compressed file")
ZSTANDARD = Kind("zstandard", "a Zstandard-compressed file")
ZIP = Kind("zip_archive", "a ZIP archive")
PACKED = (GZIP, BZIP2, XZ, ZSTANDARD, ZIP)

EXCEL = Kind("excel_workbook", "an Excel workbook")
OLD_EXCEL = Kind("old_excel_workbook", "an old Excel workbook (.xls)")
OPEN_DOCUMENT = Kind("opendocument_spreadsheet", "an OpenDocument spreadsheet")
WORKBOOKS = (EXCEL, OLD_EXCEL, OPEN_DOCUMENT)
PARQUET = Kind("parquet", "a Parquet file")
JSON = Kind("json", "a JSON document")

ARCHIVE = Kind("archive", "a compressed archive", UNPACK)
TAR = Kind("archive", "a tar archive", UNPACK)
IMAGE = Kind("image", "an image", UPLOAD_TABLE)
WORD = Kind("word_document", "a Word document", "Copy the table into a spreadsheet and upload that.")
POWERPOINT = Kind("powerpoint_document", "a PowerPoint presentation", UPLOAD_TABLE)
PROTECTED = Kind("protected", "a document protected by a password", "Save it without one, and upload that file.")
HTML = Kind("html", "a web page (HTML)", "Download the table itself as CSV; a sign-in page may have come instead.")
XML = Kind("xml", "an XML document", EXPORT)

SIGNATURES: tuple[tuple[re.Pattern[bytes], Kind], ...] = tuple(
    (re.compile(pattern, re.DOTALL), kind)
    for pattern, kind in (
        (rb"\s{0,1024}%PDF-", Kind("pdf", "a PDF document", EXPORT)),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_EXCEL),
        (rb"\x1f\x8b", GZIP),
        (rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38)", BZIP2),
        (rb"\xfd7zXZ\0", XZ),
        (rb"\x28\xb5\x2f\xfd", ZSTANDARD),
        (rb"7z\xbc\xaf\x27\x1c|Rar!\x1a\x07", ARCHIVE),
        (rb".{257}ustar", TAR),
        (rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|II\*\0|MM\0\*", IMAGE),
        (rb"PAR1[\0-\x1f]", PARQUET),
        (rb"SQLite format 3\0", Kind("sqlite", "an SQLite database", EXPORT)),
    )
)

ZIPPED = (
    (rb"application/vnd\.oasis\.opendocument\.spreadsheet", OPEN_DOCUMENT),
    (rb"xl/workbook\.(?:xml|bin)", EXCEL),
    (rb"word/document\.xml", WORD),
    (rb"ppt/presentation\.xml", POWERPOINT),
)

# The streams of an OLE file are named in UTF-16, usually within the first megabyte.
OFFICE = (("EncryptedPackage", PROTECTED), ("WordDocument", WORD), ("PowerPoint Document", POWERPOINT))

MARKUP = (
    (rb"\s*<(?:!doctype html|html|head|body|table)\b", HTML),
    (rb"\s*<\?xml\b", XML),
    (rb'\s*(?:\{\s*["}]|\[\s*(?:[\[{"\]]|-?\d|(?:true|false|null)\b))', JSON),
)


def binary_kind(source: Binary, head: bytes) -> Kind | None:
    """What the file that begins with `head` is; None for text, or for what isn't known."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        content = head + _tail(source)
        return next((kind for pattern, kind in ZIPPED if re.search(pattern, content)), ZIP)
    kind = next((kind for pattern, kind in SIGNATURES if pattern.match(head)), None)
    if kind is OLD_EXCEL:
        return next((other for name, other in OFFICE if name.encode("utf-16-le") in head), OLD_EXCEL)
    return kind


def markup_kind(text: bytes) -> Kind | None:
    """What the text that begins with `text` (UTF-8) is; None where it may be a delimited table."""
    return next((kind for pattern, kind in MARKUP if re.match(pattern, text, re.IGNORECASE)), None)


def _tail(source: Binary) -> bytes:
    size = source.seek(0, 2)
    source.seek(max(0, size - TAIL_BYTES))
    return source.read()
