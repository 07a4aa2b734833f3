"""The text of a page as PDFium has it: which letters stand where, and how they look."""

from __future__ import annotations

import ctypes
import math
import re
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from typing import Any, cast

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
    top: float
    right: float
    bottom: float
    look: Look
    glued: bool


def _plain(function: object, answer: type | None, *arguments: type) -> Callable[..., Any]:
    """A function of PDFium that takes and gives addresses as numbers: to make pointers of them takes longer than the
    call."""
    address = ctypes.cast(function, ctypes.c_void_p).value  # type: ignore[arg-type]
    return ctypes.CFUNCTYPE(answer, *arguments)(address or 0)


_ADDRESS, _NUMBER = ctypes.c_void_p, ctypes.c_int
_piece_at = _plain(pdfium.FPDFText_GetTextObject, _ADDRESS, _ADDRESS, _NUMBER)
_note_origin = _plain(pdfium.FPDFText_GetCharOrigin, _NUMBER, _ADDRESS, _NUMBER, _ADDRESS, _ADDRESS)
_note_box = _plain(pdfium.FPDFText_GetLooseCharBox, _NUMBER, _ADDRESS, _NUMBER, _ADDRESS)
_note_matrix = _plain(pdfium.FPDFText_GetMatrix, _NUMBER, _ADDRESS, _NUMBER, _ADDRESS)
_size_at = _plain(pdfium.FPDFText_GetFontSize, ctypes.c_double, _ADDRESS, _NUMBER)
_font_of = _plain(pdfium.FPDFTextObj_GetFont, _ADDRESS, _ADDRESS)

Place = tuple[float, float, float, float, float, float]
PLACE = struct.Struct("=2d4f")
"""The origin of a word's first letter, and the box of its last one: left, top, right, bottom."""
MATRIX = struct.Struct("=6f")


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
        self._matrix = ctypes.create_string_buffer(MATRIX.size)
        self._matrix_address = ctypes.addressof(self._matrix)
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
        address, looks = self._address, self._looks
        pieces = [_piece_at(address, first) or 0 for first, _ in words]
        places = self._places(words)
        found: list[Found] = []
        for (first, last), (piece, following), place in zip(words, pairwise([*pieces, -1]), places, strict=True):
            look = looks.get(piece) or self._look(first)
            if piece == following or first == last or self._look(last) is look:
                parts = [Found(text[first : last + 1], *place, look, False)]
            else:
                parts = self._parts(text, first, last)
            if found and _is_close(found[-1], parts[0]) and not self._is_spaced(first):
                parts[0].glued = True
            found += parts
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
        parts, start, look = [], first, self._look(first)
        for number in range(first + 1, last + 1):
            following = self._look(number)
            if following is not look:
                parts.append(self._found(text, start, number - 1, look, glued=start != first))
                start, look = number, following
        return [*parts, self._found(text, start, last, look, glued=start != first)]

    def _found(self, text: str, first: int, last: int, look: Look, *, glued: bool = False) -> Found:
        [place] = self._places([(first, last)])
        return Found(text[first : last + 1], *place, look, glued)

    def _places(self, words: list[tuple[int, int]]) -> Iterator[Place]:
        """Where each of the words is, by their first and last characters. PDFium writes all of it into one buffer."""
        buffer = ctypes.create_string_buffer(max(len(words), 1) * PLACE.size)
        address, place = self._address, ctypes.addressof(buffer)
        for first, last in words:
            _note_origin(address, first, place, place + 8)
            _note_box(address, last, place + 16)
            place += PLACE.size
        return islice(cast("Iterator[Place]", PLACE.iter_unpack(buffer.raw)), len(words))

    def _look(self, number: int) -> Look:
        piece = _piece_at(self._address, number) or 0
        look = self._looks.get(piece)
        if look is None:
            look = self._looks[piece] = self._look_of(number, piece)
        return look

    def _look_of(self, number: int, piece: int) -> Look:
        _note_matrix(self._address, number, self._matrix_address)
        a, b, c, d, _, _ = MATRIX.unpack(self._matrix)
        size = _size_at(self._address, number) * (math.hypot(c, d) or 1)
        face = self._face(_font_of(piece) or 0) if piece else Face()
        return _shared(round(size, 1), face, turn_of(a, b))

    def _face(self, font: int) -> Face:
        face = self._faces.get(font)
        if face is None:
            face = self._faces[font] = face_of(ctypes.cast(font, pdfium.FPDF_FONT)) if font else Face()
        return face


def _is_close(one: Found, other: Found) -> bool:
    """Whether no room is between two words. PDFium takes letters for words of their own where each is drawn by itself,
    in a font whose letters are narrower than it reckons."""
    most = CLOSE * other.look.style.size
    return abs(other.x - one.right) <= most and abs(one.y - other.y) <= most


@lru_cache(maxsize=4096)
def _shared(size: float, face: Face, turn: int | None) -> Look:
    return Look(Style(size, face.bold, face.italic, face.mono), turn, face.pictures)
