"""How deep the entries of lists are nested: by how far their marks are indented, and by how their numbers go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.documents.pdf.blocks import Block, Item, Table

STEP = 4.0
"""Points by which the mark of an inner entry is further to the right."""


@dataclass(slots=True)
class _List:
    """A list that may go on: where its marks stand, and the number of its last entry."""

    left: float
    number: int | None


def nest(blocks: Sequence[Block]) -> None:
    """Give each entry its depth."""
    open_: list[_List] = []
    page = 0
    for block in blocks:
        if isinstance(block, Item):
            overleaf, page = block.text.page != page, block.text.page
            _place(block, open_, overleaf=overleaf)
        elif not isinstance(block, Table):
            open_.clear()


def _place(entry: Item, open_: list[_List], *, overleaf: bool) -> None:
    """Find the list that an entry belongs to; inner lists end with it."""
    depth = _next_in_number(entry, open_) if overleaf else None
    if depth is None:
        while len(open_) > 1 and entry.left < open_[-1].left - STEP:
            open_.pop()
        if not open_ or entry.left > open_[-1].left + STEP:
            open_.append(_List(entry.left, entry.number))
        depth = len(open_) - 1
    del open_[depth + 1 :]
    open_[depth] = _List(entry.left, entry.number)
    entry.depth = depth


def _next_in_number(entry: Item, open_: list[_List]) -> int | None:
    """Overleaf, the margin may be another one; the number of an entry tells where it goes on."""
    for depth in range(len(open_) - 1, -1, -1):
        number = open_[depth].number
        if number is not None and entry.number == number + 1:
            return depth
    return None
