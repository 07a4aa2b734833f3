"""The parts of a document that a language model is asked about: neighbouring blocks, as many as fit. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portal.alignment.generating.reading.blocks import Block, Heading
from portal.alignment.generating.reading.lines import parts_of
from portal.alignment.generating.reading.naming import is_register
from portal.alignment.generating.reading.parsing import blocks_of

LONGEST = 4000
"""Characters of a section: some thousand tokens, which every model can read with its instructions."""
SHORTEST = 80
"""Characters about which something can be asked."""
BORDERS = ("\n\n", "\n", ". ", " ")
"""Where a text is cut, the best place first."""


@dataclass(frozen=True)
class Section:
    """A range of the document, and the headings that stand above all of it."""

    headings: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True)
class _Piece:
    """A block or a part of one, with the heading just before it: nothing is cut between them."""

    path: tuple[Heading, ...]
    start: int
    end: int
    is_below_heading: bool


def sections_of(text: str, longest: int = LONGEST) -> Iterator[Section]:
    """The sections in their order. Left out: tables of contents and the like, and what is too short to ask about."""
    gathered: list[_Piece] = []
    blocks = itertools.chain.from_iterable(blocks_of(part) for part in parts_of(text))
    for piece in _pieces(text, blocks, longest):
        if gathered and _ends_before(piece, gathered[0].start, longest):
            yield from _section(gathered)
            gathered = []
        gathered.append(piece)
    yield from _section(gathered)


def halves_of(section: Section, text: str) -> list[Section]:
    """The section in two, cut at the best place near its middle."""
    middle = _cut(text, section.start + (section.end - section.start) // 4, (section.start + section.end) // 2)
    return [Section(section.headings, section.start, middle), Section(section.headings, middle, section.end)]


def _pieces(text: str, blocks: Iterable[Block], longest: int) -> Iterator[_Piece]:
    path: tuple[Heading, ...] = ()
    start: int | None = None
    for block in blocks:
        if isinstance(block, Heading):
            path = (*(above for above in path if above.level < block.level), block)
            start = block.start if start is None else start
        elif not any(is_register(heading.words) for heading in path):
            begin = block.start if start is None else start
            for number, (first, last) in enumerate(_ranges(text, begin, block.end, longest)):
                yield _Piece(path, first, last, is_below_heading=start is not None and not number)
            start = None
        else:
            start = None


def _ranges(text: str, start: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    while end - start > longest:
        middle = _cut(text, start + longest // 2, start + longest)
        yield start, middle
        start = middle
    yield start, end


def _cut(text: str, first: int, last: int) -> int:
    for border in BORDERS:
        found = text.rfind(border, first, last)
        if found >= 0:
            return found + len(border)
    return last


def _ends_before(piece: _Piece, start: int, longest: int) -> bool:
    """Whether a new section begins: at a heading in good time, else when it must."""
    return piece.end - start > longest or (piece.is_below_heading and piece.start - start >= longest // 2)


def _section(pieces: list[_Piece]) -> Iterator[Section]:
    if pieces and pieces[-1].end - pieces[0].start >= SHORTEST:
        yield Section(_common([piece.path for piece in pieces]), pieces[0].start, pieces[-1].end)


def _common(paths: list[tuple[Heading, ...]]) -> tuple[str, ...]:
    same = itertools.takewhile(lambda level: len(set(level)) == 1, zip(*paths, strict=False))
    return tuple(headings[0].words for headings in same)
