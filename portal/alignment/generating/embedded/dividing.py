"""Blocks that are too long for a passage, in pieces: between sentences, items or rows, never within one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from portal.alignment.generating.reading.blocks import (
    Block,
    Definition,
    Definitions,
    Item,
    List,
    Paragraph,
    Row,
    Table,
)

LONGEST_BLOCK = 3_000
"""Characters of a block that stays whole, and of a piece that can't be divided."""
PIECE = 1_500
"""Characters of the pieces of a longer one, unless one item or row alone is longer."""

_SENTENCE_END = re.compile(
    r"""(?:(?<=[.!?])(?<!\b[A-Z]\.)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\b(?:Mr|Dr|St|vs|No|cf)\.)(?<!\b(?:Mrs|etc|Fig|Vol|Inc)\.)
    (?<!\bapprox\.)(?<!\bal\.)(?P<closing>["'”’)\]*_]{0,3})\s+(?=["'“‘(\[*_`]{0,3}[^\W_a-zß-ÿ]))|(?<=[。！？])""",
    re.VERBOSE,
)

Part = TypeVar("Part", bound=Block)


def pieces_of(block: Block) -> Iterator[Block]:
    """The block itself, or its pieces. What can't be divided and is too long to be an answer is left out."""
    if not block.text.strip() or (isinstance(block, Table) and not block.rows):
        return
    if block.end - block.start <= LONGEST_BLOCK:
        yield block
    elif isinstance(block, Paragraph):
        yield from _paragraphs(block)
    elif isinstance(block, List):
        yield from _divided(block.items, lambda items: _list(block, items))
    elif isinstance(block, Definitions):
        yield from _divided(block.items, _definitions)
    elif isinstance(block, Table):
        yield from _divided(block.rows, lambda rows: _table(block, rows))


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text start and end, also of languages that are written without spaces."""
    starts = [0]
    ends = []
    for found in _SENTENCE_END.finditer(text):
        ends.append(found.end("closing") if found["closing"] is not None else found.start())
        starts.append(found.end())
    return [(start, end) for start, end in zip(starts, [*ends, len(text)], strict=True) if text[start:end].strip()]


def _paragraphs(block: Paragraph) -> Iterator[Block]:
    parts = [_sentence(block, start, end) for start, end in sentences(block.text)]
    if _line_end(block) is not None:
        yield from _divided(parts, _joined)


def _line_end(block: Paragraph) -> int | None:
    """How many characters of the document a line end of the text stands for; None where it has lost indentation too, so
    that ranges within it aren't known."""
    lost = block.end - block.start - len(block.text)
    return 1 if lost == 0 else 2 if lost == block.text.count("\n") else None


def _sentence(block: Paragraph, start: int, end: int) -> Paragraph:
    before, after = (
        block.start + at + block.text.count("\n", 0, at) * ((_line_end(block) or 1) - 1) for at in (start, end)
    )
    return Paragraph(before, after, block.text[start:end])


def _divided(parts: Sequence[Part], make: Callable[[tuple[Part, ...]], Block]) -> Iterator[Block]:
    some: list[Part] = []
    for part in parts:
        is_too_long = part.end - part.start > LONGEST_BLOCK
        if some and (is_too_long or part.end - some[0].start > PIECE):
            yield make(tuple(some))
            some = []
        if not is_too_long:
            some.append(part)
    if some:
        yield make(tuple(some))


def _joined(parts: Sequence[Paragraph]) -> Paragraph:
    return Paragraph(*_range(parts), " ".join(part.text for part in parts))


def _list(block: List, items: tuple[Item, ...]) -> List:
    text = "\n".join(item.text for item in items)
    return List(*_range(items), text, block.is_ordered, items, is_whole=False)


def _definitions(items: tuple[Definition, ...]) -> Definitions:
    return Definitions(*_range(items), "\n\n".join(item.text for item in items), items)


def _table(block: Table, rows: tuple[Row, ...]) -> Table:
    is_first = rows[0] is block.rows[0] and block.head is not None
    head = block.head if is_first else None
    text = "\n".join([*([head] if head else []), *(row.text for row in rows)])
    return Table(
        block.start if is_first else rows[0].start, rows[-1].end, text, head, block.columns, rows, is_whole=False
    )


def _range(parts: Sequence[Block]) -> tuple[int, int]:
    return parts[0].start, parts[-1].end
