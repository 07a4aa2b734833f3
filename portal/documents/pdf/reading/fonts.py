"""What a font's name and its description tell of how text looks."""

from __future__ import annotations

import ctypes
import re
from typing import NamedTuple

import pypdfium2.raw as pdfium

BOLD = re.compile(r"bold|black|heavy|demi|medi(?!um)|(?:^|\+)(?:cm|sf|ec)(?:bx|ssbx)\d", re.IGNORECASE)
ITALIC = re.compile(r"ital|obli|slanted|(?:^|\+)(?:cm|sf|ec)(?:ti|sl|bxti|mi)\d", re.IGNORECASE)
MONO = re.compile(
    r"mono|courier|consol|typewriter|menlo|monaco|fixed|source ?code|fira ?code|lettergothic|inconsolata"
    r"|(?:^|\+)(?:cm|sf|ec)(?:tt|itt|sltt|vtt)\d",
    re.IGNORECASE,
)
PICTURES = re.compile(r"dingbats|wingdings|webdings|symbolset", re.IGNORECASE)
FLAG_MONO, FLAG_ITALIC, FLAG_BOLD = 1 << 0, 1 << 6, 1 << 18
"""ISO 32000-1, table 123."""


class Face(NamedTuple):
    """How a font looks. `pictures` says that its letters are signs: bullets, ticks, arrows."""

    bold: bool = False
    italic: bool = False
    mono: bool = False
    pictures: bool = False


def face_of(font: object) -> Face:
    """What a font looks like. PDFium guesses weights from the width of stems, mostly wrong; the name is what can be
    relied on."""
    name = _name(font)
    flags = max(pdfium.FPDFFont_GetFlags(font), 0)
    return Face(
        bool(BOLD.search(name)) or bool(flags & FLAG_BOLD),
        bool(ITALIC.search(name)) or bool(flags & FLAG_ITALIC),
        bool(MONO.search(name)) or bool(flags & FLAG_MONO),
        bool(PICTURES.search(name)),
    )


def _name(font: object) -> str:
    buffer = ctypes.create_string_buffer(128)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace")
