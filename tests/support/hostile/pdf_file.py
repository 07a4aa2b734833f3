"""PDF files written by hand, since libraries refuse to write what is wrong."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterable

FONT = "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>"
A4 = "[0 0 595 842]"

TEXT = "\n".join(
    f"BT /F 11 Tf 72 {760 - 16 * line} Td (Line {line} of a page with some words.) Tj ET" for line in range(40)
)


class Pdf:
    """Objects, numbered from 1 as they are added; the first is the catalogue, the second the tree of pages."""

    def __init__(self) -> None:
        self._objects: list[bytes] = [b"", b""]
        self._pages: list[int] = []
        self.font = self.add(FONT)

    def add(self, content: str | bytes) -> int:
        """The number of the object."""
        self._objects.append(content.encode("latin-1") if isinstance(content, str) else content)
        return len(self._objects)

    def stream(self, content: str | bytes, entries: str = "") -> int:
        """An object with a stream; `entries` are more of its dictionary."""
        data = content.encode("latin-1") if isinstance(content, str) else content
        head = f"<<{entries} /Length {len(data)}>>\nstream\n".encode()
        return self.add(head + data + b"\nendstream")

    def packed(self, content: str | bytes, entries: str = "") -> int:
        """The same, compressed."""
        data = content.encode("latin-1") if isinstance(content, str) else content
        return self.stream(zlib.compress(data), f"/Filter /FlateDecode {entries}")

    def page(
        self, content: str | int = TEXT, *, box: str = A4, resources: str = "", fonts: str = "", entries: str = ""
    ) -> int:
        """A page with this content, or with the stream of that number."""
        stream = self.packed(content) if isinstance(content, str) else content
        number = self.add(
            f"<</Type /Page /Parent 2 0 R /MediaBox {box} /Contents {stream} 0 R {entries}"
            f" /Resources <</Font <</F {self.font} 0 R {fonts}>> {resources}>>>>"
        )
        self._pages.append(number)
        return number

    def content(self, *, catalogue: str = "", pages: str = "", trailer: str = "") -> bytes:
        """The file. `catalogue` and `trailer` are more entries of theirs, `pages` takes the place of the tree's."""
        self._objects[0] = f"<</Type /Catalog /Pages 2 0 R {catalogue}>>".encode()
        kids = " ".join(f"{page} 0 R" for page in self._pages)
        self._objects[1] = f"<</Type /Pages {pages or f'/Kids [{kids}] /Count {len(self._pages)}'}>>".encode()
        return assembled(self._objects, trailer)


def assembled(objects: Iterable[bytes], trailer: str = "") -> bytes:
    """The objects with their table of offsets."""
    content, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, each in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n" % number + each + b"\nendobj\n"
    size = len(offsets) + 1
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = f"trailer\n<</Size {size} /Root 1 0 R {trailer}>>\nstartxref\n{len(content)}\n%%EOF\n"
    return bytes(content) + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end.encode()


def document(words: str = "some words", pages: int = 1) -> bytes:
    """A good one, with these words in each line."""
    pdf = Pdf()
    for _ in range(pages):
        pdf.page(TEXT.replace("some words", words))
    return pdf.content()


def words(count: int) -> str:
    """Words all over the page."""
    chance = random.Random(3)
    places = ((chance.randrange(20, 560), chance.randrange(20, 820)) for _ in range(count))
    return "BT /F 2 Tf " + " ".join(f"1 0 0 1 {x} {y} Tm (word) Tj" for x, y in places) + " ET"


def rules(count: int) -> str:
    """A lattice of lines, as tables have them."""
    chance = random.Random(4)
    places = ((chance.randrange(595), chance.randrange(842)) for _ in range(count // 2))
    return " ".join(f"0 {y} m 595 {y} l S {x} 0 m {x} 842 l S" for x, y in places)
