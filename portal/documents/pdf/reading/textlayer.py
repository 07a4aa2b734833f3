"""The text of a page as PDFium has it: which letters stand where, and how they look."""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Callable
from ctypes import byref
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import pypdfium2.raw as pdfium

from portal.documents.pdf.model import Style
from portal.documents.pdf.reading.fonts import Face, face_of
from portal.documents.pdf.reading.placing import turn_of

HYPHENS = "\ufffe\x02"
"""What PDFium writes for a hyphen at the end of a line, and for the line's end with it."""
WORD = re.compile(rf"[^\s{HYPHENS}]+[{HYPHENS}]?|[{HYPHENS}]")
CLOSE = 0.05
"""Times the letters' size: less room is none. The narrowest spaces take three times as much."""
UNREADABLE = re.compile("[\x00-\x01\x03-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")
"""What stands for letters of which the font doesn't tell which they are."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the letters of one piece of text look. `turn` is None where they stand askew; `pictures` says that they are
    signs, whatever letters the font takes for them."""

    style: Style
    turn: int | None
    pictures: bool


@dataclass(slots=True)
class Found:
    """A word where PDFium has it: from the origin of its first letter to the far corner of its last one. `glued` says
    that no space stands before it."""

    text: str
    x: float
    y: float
    left: float
    bottom: float
    right: float
    top: float
    look: Look
    glued: bool


def _giving_number(function: object) -> Callable[[int, int], int | None]:
    """A function of PDFium that takes a pointer and a number, so that its answer is an address: to make a pointer of it
    takes longer than the call."""
    address = ctypes.cast(function, ctypes.c_void_p).value  # type: ignore[arg-type]
    return ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(address or 0)


_piece_at = _giving_number(pdfium.FPDFText_GetTextObject)


class TextLayer:
    """The text of a page that PDFium has loaded. `letters` counts what was found, `unreadable` those of it of which the
    font doesn't tell which letters they are.

    Only words' ends are asked for their place, and each piece of text once for its font: a call into the library
    takes about as long as PDFium takes for a letter.
    """

    def __init__(self, page: object) -> None:
        self._text = pdfium.FPDFText_LoadPage(page)
        self._address = ctypes.cast(self._text, ctypes.c_void_p).value or 0
        self._looks: dict[int, Look] = {}
        self._faces: dict[int, Face] = {}
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._rect, self._matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
        self._places = byref(self._x), byref(self._y), byref(self._rect)
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
        """All words, in the order of the file. A word whose successor is of the same piece of text is so throughout."""
        text = self._characters()
        self.letters = len(text) - sum(map(str.isspace, text))
        self.unreadable = len(UNREADABLE.findall(text))
        words = [(match.start(), match.end() - 1) for match in WORD.finditer(text)]
        pieces = [_piece_at(self._address, first) or 0 for first, _ in words]
        found: list[Found] = []
        for (first, last), (piece, following) in zip(words, pairwise([*pieces, -1]), strict=True):
            if piece == following or first == last:
                found.append(self._found(text, first, last, self._looks.get(piece) or self._look(first)))
            else:
                found += self._parts(text, first, last)
            if len(found) > 1 and _is_close(found[-2], found[-1]) and not self._is_spaced(first):
                found[-1].glued = True
        return found

    def _is_spaced(self, number: int) -> bool:
        """Whether a space that the file has, not one that PDFium has put there, stands before a character."""
        return bool(pdfium.FPDFText_IsGenerated(self._text, number - 1) != 1)

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

    def _parts(self, text: str, first: int, last: int) -> list[Found]:
        """The word between two characters, in parts where its look changes (*approach³*)."""
        look = self._look(first)
        if self._look(last) is look:
            return [self._found(text, first, last, look)]
        parts, start = [], first
        for number in range(first + 1, last + 1):
            following = self._look(number)
            if following is not look:
                parts.append(self._found(text, start, number - 1, look, glued=start != first))
                start, look = number, following
        return [*parts, self._found(text, start, last, look, glued=start != first)]

    def _found(self, text: str, first: int, last: int, look: Look, *, glued: bool = False) -> Found:
        x, y, rect = self._places
        pdfium.FPDFText_GetCharOrigin(self._text, first, x, y)
        pdfium.FPDFText_GetLooseCharBox(self._text, last, rect)
        box = self._rect
        content = text[first : last + 1]
        return Found(content, self._x.value, self._y.value, box.left, box.bottom, box.right, box.top, look, glued)

    def _look(self, number: int) -> Look:
        piece = _piece_at(self._address, number) or 0
        look = self._looks.get(piece)
        if look is None:
            look = self._looks[piece] = self._look_of(number)
        return look

    def _look_of(self, number: int) -> Look:
        matrix, piece = self._matrix, pdfium.FPDFText_GetTextObject(self._text, number)
        pdfium.FPDFText_GetMatrix(self._text, number, byref(matrix))
        size = pdfium.FPDFText_GetFontSize(self._text, number) * (math.hypot(matrix.c, matrix.d) or 1)
        face = self._face(pdfium.FPDFTextObj_GetFont(piece)) if piece else Face()
        return _shared(round(size, 1), face, turn_of(matrix.a, matrix.b))

    def _face(self, font: object) -> Face:
        key = ctypes.cast(font, ctypes.c_void_p).value or 0  # type: ignore[arg-type]
        if key not in self._faces:
            self._faces[key] = face_of(font) if key else Face()
        return self._faces[key]


def _is_close(one: Found, other: Found) -> bool:
    """Whether no room is between two words. PDFium takes letters for words of their own where each is drawn by itself,
    in a font whose letters are narrower than it reckons."""
    most = CLOSE * other.look.style.size
    return abs(other.x - one.right) <= most and abs(one.y - other.y) <= most


@lru_cache(maxsize=4096)
def _shared(size: float, face: Face, turn: int | None) -> Look:
    return Look(Style(size, face.bold, face.italic, face.mono), turn, face.pictures)
