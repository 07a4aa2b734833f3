"""What a keeper does once for each kind of document, so that its converters needn't: libraries take longer to load than
most documents to convert (RST 270 ms, PDF and DOCX 50 ms, measured)."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from portal.documents.converting import Markdown, Source
from portal.documents.kinds import Kind
from portal.documents.methods import Method

PAGE = b"""%PDF-1.4
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R
  /Resources <</Font <</F <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>>>> endobj
4 0 obj <</Length 38>> stream
BT /F 12 Tf 72 720 Td (A page) Tj ET
endstream endobj
trailer <</Root 1 0 R>>
"""
EMPTY_ARCHIVE = b"PK\x05\x06" + bytes(18)

DOCUMENTS = {
    Kind.PDF: PAGE,
    **dict.fromkeys((Kind.DOCX, Kind.PPTX, Kind.XLSX), EMPTY_ARCHIVE),
    **dict.fromkeys((Kind.HTML, Kind.XML), b"<p>A page</p>"),
    **dict.fromkeys((Kind.JSON, Kind.JSONL), b'{"a": "page"}'),
    **dict.fromkeys((Kind.RST, Kind.TXT, Kind.CSV, Kind.MARKDOWN), b"A page\n======\n\nof text"),
}
ALIKE = {Kind.DOC: Kind.DOCX, Kind.PPT: Kind.PPTX, Kind.RTF: Kind.DOCX}
"""Kinds that are converted by way of another, by a program that isn't to be called here."""


class Warmth:
    """Of one keeper."""

    def __init__(self, convert: Callable[[Source], Markdown]) -> None:
        self._convert = convert
        self._warm: set[Kind] = set()

    def get(self, kind: Kind) -> None:
        """Convert a document of our own of that kind, if that wasn't done before. What is loaded then is left alone by
        the collector of garbage: a fork would copy what it touches."""
        kind = ALIKE.get(kind, kind)
        if kind not in self._warm:
            self._warm.add(kind)
            with suppress(OSError), tempfile.TemporaryDirectory(prefix="portal-warm-") as folder:
                self._convert_own(kind, Path(folder))
            gc.collect()
            gc.freeze()

    def _convert_own(self, kind: Kind, folder: Path) -> None:
        path = folder / f"page.{kind}"
        path.write_bytes(DOCUMENTS[kind])
        for method in Method:
            with suppress(Exception):  # what is wrong with a converter shows with the documents of people
                self._convert(Source(path, kind, method, folder))
