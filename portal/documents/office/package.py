"""The archive that a DOCX, PPTX or XLSX file is: judged by its directory before anything is unpacked, and made ready to
be read without what text doesn't need (pictures would be carried through the reader as text, films as well)."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from portal.documents import failures
from portal.documents.converting import Source
from portal.documents.failures import ConversionFailed
from portal.documents.kinds import Kind

MIB = 1 << 20
MOST_PARTS = 50_000
MOST_UNPACKED = 4096 * MIB
SUSPICIOUS, RATIO = 48 * MIB, 150
"""Text of documents shrinks to a tenth, of repetitive ones to a hundredth; deflate's limit is a thousandth."""
MOST_TEXT = {Kind.DOCX: 64 * MIB, Kind.PPTX: 64 * MIB, Kind.XLSX: 256 * MIB}
"""What the parts with text may have together: as much as can be read within a converter's memory."""

_MAIN = {Kind.DOCX: "word/", Kind.PPTX: "ppt/", Kind.XLSX: "xl/"}
_TYPES = "[Content_Types].xml"
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeError, ValueError, OverflowError)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STYLE = re.compile(rb"<w:style\b.*?</w:style>", re.DOTALL)
_IS_TITLE = re.compile(rb'<w:name w:val="Title"/>', re.IGNORECASE)
_BODY = re.compile(r"word/(?:document|footnotes|endnotes)|ppt/slides/slide|xl/(?:sharedStrings|worksheets/sheet)")
_TEXT_RUN = re.compile(rb"<(?:\w+:)?t(?: [^>]*)?>([^<]*)<")


@dataclass(frozen=True)
class Prepared:
    """A copy of an Office file that holds its text: `letters` is how many bytes of it the parts have; `dropped` are the
    names of the parts that were left out."""

    path: Path
    letters: int
    dropped: tuple[str, ...] = ()


def prepare(source: Source) -> Prepared:
    """Check the file of `source`, and copy what has its text into `source.folder`. Raises ConversionFailed: locked,
    damaged, an archive bomb, malformed (a DTD), too long."""
    try:
        with source.path.open("rb") as file:
            _refuse_ole(file)
            with zipfile.ZipFile(file) as archive:
                wanted = _judged(archive.infolist(), source.kind)
                letters = _copy(archive, wanted, copy := source.folder / f"text.{source.kind}")
                return Prepared(copy, letters, tuple(set(archive.namelist()) - {part.filename for part in wanted}))
    except _DAMAGE as error:
        raise ConversionFailed(failures.OFFICE_DAMAGED, repr(error)) from error


def _refuse_ole(file: IO[bytes]) -> None:
    if file.read(len(_OLE)) == _OLE:
        file.seek(0)
        locked = "EncryptedPackage".encode("utf-16-le") in file.read(MIB) + _last(file)
        raise ConversionFailed(failures.OFFICE_LOCKED if locked else failures.OFFICE_DAMAGED, "an OLE file")
    file.seek(0)


def _last(file: IO[bytes]) -> bytes:
    file.seek(max(0, file.seek(0, 2) - MIB))
    return file.read()


def _judged(parts: list[zipfile.ZipInfo], kind: Kind) -> list[zipfile.ZipInfo]:
    names = {part.filename for part in parts}
    if _TYPES not in names or not any(name.startswith(_MAIN[kind]) for name in names):
        raise ConversionFailed(failures.OFFICE_DAMAGED, "parts are missing")
    if any(part.flag_bits & 1 for part in parts):
        raise ConversionFailed(failures.OFFICE_LOCKED, "encrypted parts")
    _refuse_bomb(parts)
    wanted = [part for part in parts if _is_wanted(part.filename)]
    if sum(part.file_size for part in wanted) > MOST_TEXT[kind]:
        raise ConversionFailed(failures.TOO_LONG, f"{sum(part.file_size for part in wanted)} bytes of XML")
    return wanted


def _refuse_bomb(parts: list[zipfile.ZipInfo]) -> None:
    unpacked, packed = (sum(sizes) for sizes in zip(*((p.file_size, p.compress_size) for p in parts), strict=True))
    swollen = [p for p in parts if p.file_size > SUSPICIOUS and p.file_size > RATIO * p.compress_size]
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or swollen:
        raise ConversionFailed(failures.ARCHIVE_BOMB, f"{len(parts)} parts, {packed} bytes are {unpacked} unpacked")
    if unpacked > SUSPICIOUS and unpacked > RATIO * packed:
        raise ConversionFailed(failures.ARCHIVE_BOMB, f"{packed} bytes are {unpacked} unpacked")


def _is_wanted(name: str) -> bool:
    """Parts of XML; of a presentation's many others, those that slides are built of."""
    return name.endswith((".xml", ".rels")) and not name.startswith(("customXml/", "ppt/theme", "docProps/thumbnail"))


def _copy(archive: zipfile.ZipFile, wanted: list[zipfile.ZipInfo], to: Path) -> int:
    letters = 0
    with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as copy:
        for part in wanted:
            content = _unpacked(archive, part)
            _refuse_dtd(content, part.filename)
            letters += sum(map(len, _TEXT_RUN.findall(content))) if _BODY.match(part.filename) else 0
            copy.writestr(part.filename, _titled(content) if part.filename == "word/styles.xml" else content)
        for name in archive.namelist():
            if name.startswith("word/media/"):
                copy.writestr(name, b"")  # without the part, the reader leaves out what is said of the image
    return letters


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """No more than the directory says, which `ZipFile.read` would only notice when all is unpacked."""
    with archive.open(part) as file:
        content = file.read(part.file_size)
        file.read(1)  # the end, where the sum is checked
    return content


def _refuse_dtd(content: bytes, name: str) -> None:
    """Office programs write none, and the standard forbids them (ISO/IEC 29500-2, 6.2.5)."""
    start = content[:4096].replace(b"\0", b"")  # in UTF-16, too
    if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
        raise ConversionFailed(failures.MALFORMED, f"a DTD in {name}")


def _titled(styles: bytes) -> bytes:
    """Word gives its style *Title* no place in the outline, so the reader would take titles for paragraphs."""
    return _STYLE.sub(lambda style: _with_outline_level(style[0]) if _IS_TITLE.search(style[0]) else style[0], styles)


def _with_outline_level(style: bytes) -> bytes:
    level = b'<w:outlineLvl w:val="0"/>'
    if b"<w:outlineLvl" in style:
        return style
    if b"</w:pPr>" in style:
        return style.replace(b"</w:pPr>", level + b"</w:pPr>", 1)
    return style.replace(b"</w:style>", b"<w:pPr>" + level + b"</w:pPr></w:style>")
