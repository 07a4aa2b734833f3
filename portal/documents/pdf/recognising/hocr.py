"""What Tesseract found in an image, from its output in hOCR: HTML with the places of lines and words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from portal.documents.pdf.model import Style, Word

LINES = frozenset({"ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"})
NUMBER = r"(-?[\d.]+)"
BOX = re.compile(rf"bbox {NUMBER} {NUMBER} {NUMBER} {NUMBER}")
BASELINE = re.compile(rf"baseline {NUMBER} {NUMBER}")
SIZE = re.compile(rf"x_size {NUMBER}")
CONFIDENCE = re.compile(rf"x_wconf {NUMBER}")
LEAST_CONFIDENCE = 30.0
"""Per cent. Below it are specks and parts of drawings."""
EM = 1.12
"""Times the height that Tesseract gives for a line: from the top of its tallest letters to the bottom of its lowest."""
LIKE = 0.1
"""The part by which the sizes of lines may differ that are taken to be of one size: they are measured in dots."""


def words_in(hocr: str, dpi: float) -> list[Word]:
    """The words of an image of a page, in points; `dpi` is its resolution in dots per inch."""
    parser = _Parser(72 / dpi)
    parser.feed(hocr)
    parser.close()
    return _with_common_sizes(parser.words)


class _Parser(HTMLParser):
    def __init__(self, scale: float) -> None:
        super().__init__()
        self.words: list[Word] = []
        self._scale = scale
        self._line: tuple[float, float, float, float] = (0, 0, 0, 10)  # left, base, slope, size; in dots
        self._word: tuple[float, float] | None = None  # left, right; in dots
        self._text = ""

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        kind, title = attributes.get("class") or "", attributes.get("title") or ""
        box = BOX.search(title)
        if box is None:
            return
        left, _, right, bottom = map(float, box.groups())
        if kind in LINES:
            self._line = (left, *_base(title, bottom), _size(title))
        elif kind == "ocrx_word":
            confidence = CONFIDENCE.search(title)
            if confidence is None or float(confidence.group(1)) >= LEAST_CONFIDENCE:
                self._word, self._text = (left, right), ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        text = self._text.strip()
        if tag != "span" or self._word is None or not text:
            return
        left, right = self._word
        start, base, slope, size = self._line
        height = (base + slope * (left - start)) * self._scale
        style = Style(round(size * self._scale * EM, 1))
        self.words.append(Word(text, left * self._scale, right * self._scale, height, style))
        self._word = None


def _base(title: str, bottom: float) -> tuple[float, float]:
    """Where the line stands at its left end, and how it slopes."""
    found = BASELINE.search(title)
    return (bottom + float(found.group(2)), float(found.group(1))) if found else (bottom, 0.0)


def _size(title: str) -> float:
    found = SIZE.search(title)
    return float(found.group(1)) if found else 30.0


def _with_common_sizes(words: list[Word]) -> list[Word]:
    """Sizes that are nearly the same made the same: that of most letters first."""
    letters: dict[float, int] = {}
    for word in words:
        letters[word.style.size] = letters.get(word.style.size, 0) + len(word.text)
    common: dict[float, Style] = {}
    for size in sorted(letters, key=lambda size: -letters[size]):
        near = next((style for style in common.values() if abs(style.size - size) <= LIKE * style.size), None)
        common[size] = near or Style(size)
    for word in words:
        word.style = common[word.style.size]
    return words
