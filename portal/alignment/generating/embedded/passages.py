"""Which blocks make a passage: those of one section, together if that isn't too long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from portal.alignment.generating.embedded.dividing import LONGEST_BLOCK, pieces_of
from portal.alignment.generating.reading.blocks import Block, Heading, Paragraph
from portal.alignment.generating.reading.naming import is_register

LONGEST = 1_500
"""Characters of a passage of several blocks."""


@dataclass
class Draft:
    """A passage without its pairs: blocks of one section, in their order. `number` counts those of the section from 1;
    `is_last` says that no other follows in it. The first begins with the heading."""

    headings: tuple[Heading, ...]
    number: int = 1
    blocks: list[Block] = field(default_factory=list)
    is_last: bool = True

    @property
    def start(self) -> int:
        first = self.blocks[0].start
        heading = self.headings[-1].start if self.headings and self.number == 1 else first
        return heading if first - heading <= LONGEST else first  # something endless that gives no pairs is between

    @property
    def end(self) -> int:
        return self.blocks[-1].end

    @property
    def is_only(self) -> bool:
        return self.number == 1 and self.is_last


def drafts_of(blocks: Iterable[Block]) -> Iterator[Draft]:
    """The passages of a document. Sections that only list where things are, such as a table of contents, give none."""
    draft = Draft(())
    for block in blocks:
        if isinstance(block, Heading):
            if draft.blocks:
                yield draft
            draft = Draft(_path(draft.headings, block))
            continue
        for piece in pieces_of(block) if not _is_register(draft) else ():
            if draft.blocks and not _fits(draft, piece):
                yield from _ended(draft)
                draft = _next(draft, piece)
            draft.blocks.append(piece)
    if draft.blocks:
        yield draft


def _path(above: tuple[Heading, ...], heading: Heading) -> tuple[Heading, ...]:
    return (*(one for one in above if one.level < heading.level), heading)


def _is_register(draft: Draft) -> bool:
    return any(is_register(heading.words) for heading in draft.headings)


def _fits(draft: Draft, piece: Block) -> bool:
    """With what is there already. What leads to a block stays with it even where that is long."""
    first = draft.blocks[0].start
    alone = len(draft.blocks) == 1 and leads_on(draft.blocks[0])
    return piece.end - first <= (LONGEST_BLOCK + LONGEST if alone else LONGEST)


def _ended(draft: Draft) -> Iterator[Draft]:
    """The passage, if anything is left once what leads to the next has gone there."""
    kept = draft.blocks[:-1] if leads_on(draft.blocks[-1]) else draft.blocks
    if kept:
        yield Draft(draft.headings, draft.number, kept, is_last=False)


def _next(draft: Draft, piece: Block) -> Draft:
    last = draft.blocks[-1]
    moved = [last] if leads_on(last) and piece.end - last.start <= LONGEST_BLOCK + LONGEST else []
    return Draft(draft.headings, draft.number + 1, moved)


def leads_on(block: Block) -> bool:
    """Whether it is a paragraph that announces what follows."""
    return isinstance(block, Paragraph) and block.text.rstrip(" *_").endswith(":")
