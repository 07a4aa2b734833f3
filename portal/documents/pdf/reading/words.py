"""The words of a page's text layer, each with its place and style."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from ctypes import byref
from dataclasses import dataclass
from functools import lru_cache

import pypdfium2.raw as pdfium

from portal.documents.pdf.model import Style, Word
from portal.documents.pdf.reading.fonts import Face, face_of
from portal.documents.pdf.reading.placing import Placing, turn_of

HYPHENS = "\ufffe\x02"
"""What PDFium writes for a hyphen at the end of a line, and for the line's end with it."""
WORD = re.compile(rf"[^\s{HYPHENS}]+[{HYPHENS}]?|[{HYPHENS}]")
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
CLEANED = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0xFEFF, 0xFFFE, 0xFFFF, 0x200B, 0x2060], ""),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
    **LIGATURES,
}
UNREADABLE = re.compile("[\x00-\x01\x03-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")
"""What stands for letters of which the font doesn't tell which they are."""
BULLET = "•"
SMALLEST = 0.5
"""Points. Smaller letters are marks of programs, not to be read."""


@dataclass(frozen=True, slots=True)
class _Look:
    """How the letters of one piece of text look. `turn` is None where they stand askew; `pictures` says that they are
    signs, whatever letters the font takes for them."""

    style: Style
    turn: int | None
    pictures: bool


@dataclass(slots=True)
class Found:
    """A word where PDFium has it: from the origin of its first letter to the far corner of its last one."""

    text: str
    x: float
    y: float
    left: float
    bottom: float
    right: float
    top: float
    look: _Look
    glued: bool


def placed(found: list[Found], placing: Placing) -> list[Word]:
    """Those words that run in the page's direction, where a reader sees them; whatever is outside the page is gone."""
    width, height = placing.size
    words = (_word(word, placing) for word in found if word.look.turn == placing.turn)
    return [word for word in words if word.text and word.style.size >= SMALLEST and _within(word, width, height)]


def _word(found: Found, placing: Placing) -> Word:
    left, base = placing.point(found.x, found.y)
    ends = placing.point(found.left, found.bottom)[0], placing.point(found.right, found.top)[0]
    text = BULLET if found.look.pictures and len(found.text) == 1 else cleaned(found.text)
    return Word(text, left, max(*ends, left), base, found.look.style, found.glued)


def _within(word: Word, width: float, height: float) -> bool:
    return word.right > 0 and word.left < width and word.base > 0 and word.top < height


def cleaned(text: str) -> str:
    """Text without what can't be shown: control characters, halves of surrogates, marks of order. A hyphen at the end
    of a line becomes a hyphen, whichever of the two ways it was written."""
    if text.isascii() and text.isprintable():
        return text
    if text[-1] in HYPHENS:
        text = text[:-1] + "-"
    return text.translate(CLEANED)


class TextLayer:
    """The text of a page that PDFium has loaded. `letters` counts what was found, `unreadable` those of it of which the
    font doesn't tell which letters they are.

    Only words' ends are asked for their place, and each piece of text once for its font: a call into the library
    takes about as long as PDFium takes for a letter.
    """

    def __init__(self, page: object) -> None:
        self._text = pdfium.FPDFText_LoadPage(page)
        self._looks: dict[int, _Look] = {}
        self._faces: dict[int, Face] = {}
        self._point = (ctypes.c_double(), ctypes.c_double())
        self._rect = pdfium.FS_RECTF()
        self._matrix = pdfium.FS_MATRIX()
        self.letters = self.unreadable = 0

    def close(self) -> None:
        """Give back what PDFium holds for it."""
        pdfium.FPDFText_ClosePage(self._text)

    def turn(self, found: list[Found]) -> int:
        """In which direction most of the text runs."""
        turns: Counter[int] = Counter()
        for word in found:
            if word.look.turn is not None:
                turns[word.look.turn] += len(word.text)
        return turns.most_common(1)[0][0] if turns else 0

    def find(self) -> list[Found]:
        """All words, in the order of the file."""
        text = self._characters()
        self.letters = len(text) - sum(map(str.isspace, text))
        self.unreadable = len(UNREADABLE.findall(text))
        return [piece for match in WORD.finditer(text) for piece in self._pieces(text, match.start(), match.end() - 1)]

    def _characters(self) -> str:
        """One character for each that PDFium counts, so that both have the same numbers."""
        count = max(pdfium.FPDFText_CountChars(self._text), 0)
        buffer = (ctypes.c_ushort * (2 * count + 2))()
        written = pdfium.FPDFText_GetText(self._text, 0, count, buffer)
        text = bytes(buffer)[: 2 * max(written - 1, 0)].decode("utf-16-le", "replace")
        if len(text) == count:
            return text
        return "".join(self._character(number) for number in range(count))

    def _character(self, number: int) -> str:
        code = pdfium.FPDFText_GetUnicode(self._text, number)
        return chr(code) if 0 < code < 0x110000 else " "

    def _pieces(self, text: str, first: int, last: int) -> list[Found]:
        """The word between two characters, in pieces where its look changes (*approach³*)."""
        look = self._look(first)
        if first == last or self._look(last) is look:
            return [self._found(text, first, last, look, glued=False)]
        pieces, start = [], first
        for number in range(first + 1, last + 1):
            following = self._look(number)
            if following is not look:
                pieces.append(self._found(text, start, number - 1, look, glued=start != first))
                start, look = number, following
        return [*pieces, self._found(text, start, last, look, glued=start != first)]

    def _found(self, text: str, first: int, last: int, look: _Look, *, glued: bool) -> Found:
        x, y = self._point
        pdfium.FPDFText_GetCharOrigin(self._text, first, byref(x), byref(y))
        rect = self._rect
        pdfium.FPDFText_GetLooseCharBox(self._text, last, byref(rect))
        content = text[first : last + 1]
        return Found(content, x.value, y.value, rect.left, rect.bottom, rect.right, rect.top, look, glued)

    def _look(self, number: int) -> _Look:
        piece = pdfium.FPDFText_GetTextObject(self._text, number)
        key = ctypes.addressof(piece.contents) if piece else 0
        look = self._looks.get(key)
        if look is None:
            look = self._looks[key] = self._look_of(piece, number)
        return look

    def _look_of(self, piece: object, number: int) -> _Look:
        matrix = self._matrix
        pdfium.FPDFText_GetMatrix(self._text, number, byref(matrix))
        size = pdfium.FPDFText_GetFontSize(self._text, number) * (math.hypot(matrix.c, matrix.d) or 1)
        face = self._face(pdfium.FPDFTextObj_GetFont(piece)) if piece else Face()
        return _shared(round(size, 1), face, turn_of(matrix.a, matrix.b))

    def _face(self, font: object) -> Face:
        key = ctypes.addressof(font.contents) if font else 0  # type: ignore[attr-defined]
        if key not in self._faces:
            self._faces[key] = face_of(font) if font else Face()
        return self._faces[key]


@lru_cache(maxsize=4096)
def _shared(size: float, face: Face, turn: int | None) -> _Look:
    return _Look(Style(size, face.bold, face.italic, face.mono), turn, face.pictures)
