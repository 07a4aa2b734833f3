"""Two hundred small documents of all kinds, of which twelve can't be converted as they are: one for each class of
failure. They are the same each time."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

from portal.documents import failures
from portal.documents.kinds import Kind
from tests.bench.documents.composing import Shape, compose, compose_sheets, compose_slides
from tests.bench.documents.model import Document
from tests.bench.documents.writers.docx import write_docx
from tests.bench.documents.writers.html import write_html
from tests.bench.documents.writers.pdf import write_pdf
from tests.bench.documents.writers.pptx import write_pptx
from tests.bench.documents.writers.texts import write_text
from tests.bench.documents.writers.xlsx import write_xlsx
from tests.support.hostile import DOCUMENTS

HOW_MANY = {
    Kind.PDF: 30,
    Kind.DOCX: 20,
    Kind.DOC: 4,
    Kind.PPTX: 12,
    Kind.PPT: 4,
    Kind.XLSX: 16,
    Kind.HTML: 18,
    Kind.RTF: 8,
    Kind.RST: 10,
    Kind.TXT: 14,
    Kind.CSV: 14,
    Kind.JSON: 10,
    Kind.JSONL: 8,
    Kind.XML: 10,
    Kind.MARKDOWN: 10,
}
"""The good ones."""

BROKEN = {
    "004 Empty notes.txt": ("txt: empty", failures.EMPTY),
    "021 Corrupt report.pdf": ("pdf: random bytes behind a good beginning", failures.PDF_UNREADABLE),
    "038 Locked contract.pdf": ("pdf: locked by AES of 256 bits", failures.PDF_UNREADABLE),
    "055 Wide poster.pdf": ("pdf: a page of 1e9 pt", failures.PAGE_TOO_LARGE),
    "072 Scanned letter.pdf": ("", failures.SCANNED),
    "089 Photographs.zip": ("", failures.UNSUPPORTED),
    "106 Old minutes.md": ("md: not UTF-8", failures.UNKNOWN_ENCODING),
    "123 Damaged offer.docx": ("docx: truncated to 50%", failures.OFFICE_DAMAGED),
    "140 Form.docx": ("docx: macros only", failures.MACROS_ONLY),
    "157 Packed.docx": ("docx: 1 GiB of paragraphs", failures.ARCHIVE_BOMB),
    "174 Half an export.json": ("json: truncated", failures.MALFORMED),
    "191 Endless manual.pdf": ("pdf: 20,000 pages", failures.TOO_LONG),
}
"""Names of those that fail with speed-optimized: which hostile document each is, and why it fails."""

SHORT = Shape(sections=1, widest=4, long_table=8)


def two_hundred(folder: Path) -> list[Path]:
    """Make them in `folder`; returns their paths in the order of their names, which begin with a number. Takes some
    seconds, most of them LibreOffice's, which writes DOC and PPT."""
    good = [kind for kind, count in HOW_MANY.items() for _ in range(count)]
    Random(5).shuffle(good)
    numbers = [number for number in range(1, 201) if not any(name.startswith(f"{number:03} ") for name in BROKEN)]
    for number, kind in zip(numbers, good, strict=True):
        _write(folder, number, kind)
    _save_as_older(folder, Kind.DOCX, Kind.DOC)
    _save_as_older(folder, Kind.PPTX, Kind.PPT)
    for name, (hostile, _) in BROKEN.items():
        (folder / name).write_bytes(DOCUMENTS[hostile].make() if hostile else OF_OUR_OWN[name]())
    return sorted(folder.iterdir())


def _write(folder: Path, number: int, kind: Kind) -> None:
    document = _COMPOSED.get(kind, lambda seed: compose(seed, SHORT))(number)
    path = folder / f"{number:03} {document.title.rpartition(',')[0]}.{kind}"
    match kind:
        case Kind.PDF:
            write_pdf(document, path, seed=number, columns=1 + number % 2, ruled=number % 3 > 0)
        case Kind.DOCX:
            write_docx(document, path, seed=number)
        case Kind.DOC:
            write_docx(document, _waiting(path), seed=number)
        case Kind.PPTX:
            write_pptx(document, path)
        case Kind.PPT:
            write_pptx(document, _waiting(path))
        case Kind.XLSX:
            write_xlsx(document, path)
        case Kind.HTML:
            write_html(document, path)
        case _:
            write_text(document, path, kind)


_COMPOSED: dict[Kind, Callable[[int], Document]] = {
    Kind.PPTX: lambda seed: compose_slides(seed, 4),
    Kind.PPT: lambda seed: compose_slides(seed, 4),
    Kind.XLSX: lambda seed: compose_sheets(seed, 2, 12),
}


def _waiting(path: Path) -> Path:
    """Where a document waits in the newer format to be saved in the older one."""
    folder = path.parent / f"as-{path.suffix[1:]}"
    folder.mkdir(exist_ok=True)
    return folder / f"{path.name}x"


def _save_as_older(folder: Path, newer: Kind, older: Kind) -> None:
    waiting = folder / f"as-{older}"
    with tempfile.TemporaryDirectory() as profile:
        command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", older.value]
        paths = sorted(waiting.glob(f"*.{newer}"))
        subprocess.run([*command, "--outdir", folder, *paths], check=True, capture_output=True)
    shutil.rmtree(waiting)


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("beach.txt"), "The beach, in words.")
    return packed.getvalue()


def _scanned_letter() -> bytes:
    """A page that is an image of text, as a scanner makes it."""
    image = Image.new("L", (1240, 1754), 250)
    font = ImageFont.load_default(size=40)
    for number, line in enumerate(SCANNED_LINES):
        ImageDraw.Draw(image).text((150, 200 + 80 * number), line, fill=20, font=font)
    scanned = io.BytesIO()
    image.save(scanned, "PDF", resolution=150, creationDate=None, modDate=None)
    return scanned.getvalue()


SCANNED_LINES = ("Dear customer,", "the pump was repaired on Monday.", "We wish you a good week.")
"""What the scanned letter says."""

OF_OUR_OWN = {"072 Scanned letter.pdf": _scanned_letter, "089 Photographs.zip": _zip}
