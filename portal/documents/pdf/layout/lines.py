"""Words to pieces of lines: words that follow each other on one line, without a wide gap."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from portal.documents.pdf.model import ASCENT, DESCENT, Style, Word

WIDE = 0.85
"""A gap wider than this part of the letters' size may lie between columns, so it ends a piece."""
OVERLAP = 0.5
"""How far, in parts of the letters' size, words may stand into each other and still follow each other."""
LEVEL = 0.2
"""How far, in parts of the letters' size, words of one line may stand above or below each other."""
RAISED = 0.55
"""The same for words of which one is smaller: marks of footnotes, exponents, indices."""
SMALL = 0.9
"""Times the size of a line's letters: smaller ones may be raised."""
_BASE, _LEFT = attrgetter("base"), attrgetter("left")
RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


@dataclass(slots=True)
class Line:
    """A line of text, or a piece of one. `size` and `style` are those of most of its letters."""

    words: list[Word]
    left: float
    right: float
    top: float
    base: float
    bottom: float
    style: Style

    @property
    def size(self) -> float:
        return self.style.size

    @property
    def text(self) -> str:
        return "".join(word.text if word.glued else f" {word.text}" for word in self.words).strip()


def pieces_of(words: list[Word]) -> list[Line]:
    """The pieces of lines that the words of a page form, from top to bottom and left to right."""
    pieces = [line_of(row) for row in runs_of(words)]
    return [merged for row in rows_of(pieces) for merged in _merged(row)]


def line_of(words: list[Word]) -> Line:
    """The words, given from left to right, as one line; smaller ones that stand higher are marked."""
    words = _in_order(words)
    style = _main_style(words)
    size = style.size
    base = next(word.base for word in words if word.style.size == size)
    others = [word for word in words if word.style is not style]
    for word in others:
        if word.style.size < 0.85 * size and word.base < base - 0.15 * size:
            word.raised = True
    left, right = min([word.left for word in words]), max([word.right for word in words])
    return Line(words, left, right, base - ASCENT * size, base, base + DESCENT * size, style)


def rows_of(pieces: Iterable[Line]) -> list[list[Line]]:
    """Pieces that stand on one line, from top to bottom; in each row from left to right."""
    rows: list[list[Line]] = []
    base = size = 0.0
    for piece in sorted(pieces, key=_BASE):
        own = piece.style.size
        if rows and _is_level(piece.base - base, own, size):
            rows[-1].append(piece)
            if own > size:
                base, size = piece.base, own
        else:
            rows.append([piece])
            base, size = piece.base, own
    for row in rows:
        if len(row) > 1:
            row.sort(key=_LEFT)
    return rows


def joined(row: list[Line]) -> Line:
    """The pieces of a row as one line, however wide the gaps between them are."""
    return row[0] if len(row) == 1 else line_of([word for piece in row for word in piece.words])


def runs_of(words: list[Word]) -> Iterator[list[Word]]:
    """Words that follow each other in the file and on the page."""
    run: list[Word] = []
    for word in words:
        if run and not _follows(run[-1], word):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _follows(one: Word, other: Word) -> bool:
    size, smaller = one.style.size, other.style.size
    if size < smaller:
        size, smaller = smaller, size
    if not -OVERLAP * size <= other.left - one.right <= WIDE * smaller:
        return False
    return _is_level(abs(one.base - other.base), size, smaller)


def _is_level(height: float, one: float, other: float) -> bool:
    """Whether words of these sizes are of one line, if one of them stands this much above the other."""
    larger, smaller = (one, other) if one > other else (other, one)
    return height <= LEVEL * larger or (smaller < SMALL * larger and height <= RAISED * larger)


def _merged(row: list[Line]) -> Iterator[Line]:
    """Those pieces of a row together that stand close, whatever their order in the file was."""
    current = row[0]
    for piece in row[1:]:
        if piece.left - current.right <= WIDE * min(current.size, piece.size) and piece.right > current.right:
            current = line_of(current.words + piece.words)
        else:
            yield current
            current = piece
    yield current


def _in_order(words: list[Word]) -> list[Word]:
    """The words in the order of reading: from right to left where most are in such a script. Words of other scripts
    among them keep their own direction."""
    if "".join([word.text for word in words]).isascii():
        return words
    backwards = [not word.text.isascii() and bool(RIGHT_TO_LEFT.search(word.text)) for word in words]
    if 2 * sum(backwards) <= len(words):
        return words
    ordered: list[Word] = []
    for foreign, run in groupby(sorted(words, key=lambda word: -word.right), key=_is_foreign):
        together = list(run)
        ordered += together[::-1] if foreign else together
    return ordered


def _is_foreign(word: Word) -> bool:
    return RIGHT_TO_LEFT.search(word.text) is None


def _main_style(words: list[Word]) -> Style:
    first = words[0].style
    if not [word for word in words if word.style is not first]:
        return first
    letters: Counter[Style] = Counter()
    for word in words:
        letters[word.style] += len(word.text)
    return letters.most_common(1)[0][0]
