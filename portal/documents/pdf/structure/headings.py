"""Which paragraphs are headings, and of which level: by how their type differs from that of running text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from portal.documents.pdf.blocks import Block, Heading, Item, Note, Paragraph, text_of
from portal.documents.pdf.model import Style

LARGER = 1.09
"""Times the size of running text."""
LONGEST = 200
"""Letters of a heading."""
MOST_LINES = 4
NEAR = 0.35
"""Points by which the sizes of headings of one level may differ."""
NUMBERED = re.compile(r"^(\d+(?:\.\d+){0,4})\.?\s+\S")
DEEPEST, MOST_SIZES = 6, 5


@dataclass(frozen=True, slots=True)
class _Rank:
    """What headings of one level have in common; lower ranks come first."""

    size: float
    bold: bool
    italic: bool
    depth: int


def with_headings(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, with those paragraphs as headings that stand out from running text."""
    body = body_style(blocks)
    candidates = [
        _is_heading(block, body, blocks[number + 1 : number + 2]) if isinstance(block, Paragraph) else False
        for number, block in enumerate(blocks)
    ]
    chosen = [
        block for block, wanted in zip(blocks, candidates, strict=True) if wanted and isinstance(block, Paragraph)
    ]
    levels = _levels(chosen)
    return [
        Heading(block.spans, levels[id(block)]) if isinstance(block, Paragraph) and id(block) in levels else block
        for block in blocks
    ]


def body_style(blocks: Sequence[Block]) -> Style:
    """How most of the running text looks."""
    letters: Counter[Style] = Counter()
    for block in blocks:
        text = block.text if isinstance(block, Item | Note) else block
        if isinstance(text, Paragraph):
            letters[text.style] += sum(len(span.text) for span in text.spans)
    return letters.most_common(1)[0][0] if letters else Style(10)


def _is_heading(block: Paragraph, body: Style, following: Sequence[Block]) -> bool:
    text = text_of(block.spans).strip()
    if len(text) > LONGEST or block.lines > MOST_LINES or not any(letter.isalpha() for letter in text):
        return False
    if block.style.size >= LARGER * body.size:
        return not text.endswith((",", ";")) and (block.style.size > 1.25 * body.size or not _is_sentence(text, block))
    if block.style.size < body.size - NEAR or block.lines > 2 or text.endswith((".", ",", ";", ":")):
        return False
    bold, italic = block.style.bold and not body.bold, block.style.italic and not body.italic
    if not (bold or (italic and block.lines == 1)) or not following or _alike(block, following[0]):
        return False
    return block.gap > (0.2 if bold else 0.5) * body.size and (bold or _is_text(following[0], text))


def _is_text(block: Block, heading: str) -> bool:
    """Whether a block is running text, of more than the heading's length."""
    return isinstance(block, Paragraph) and len(text_of(block.spans)) > 2 * len(heading)


def _is_sentence(text: str, block: Paragraph) -> bool:
    return text.endswith(".") and not block.style.bold


def _alike(block: Paragraph, other: Block) -> bool:
    return isinstance(other, Paragraph) and other.style == block.style


def _levels(headings: list[Paragraph]) -> dict[int, int]:
    """The level of each heading, by its id."""
    ranks = {id(block): _rank(block) for block in headings}
    sizes = _clustered(Counter(rank.size for rank in ranks.values()))
    keys = {key: (-sizes[rank.size], not rank.bold, rank.italic, rank.depth) for key, rank in ranks.items()}
    order = {key: level for level, key in enumerate(sorted(set(keys.values())), start=1)}
    return {block: min(order[key], DEEPEST) for block, key in keys.items()}


def _rank(block: Paragraph) -> _Rank:
    numbered = NUMBERED.match(text_of(block.spans))
    depth = numbered.group(1).count(".") if numbered else 0
    return _Rank(block.style.size, block.style.bold, block.style.italic, depth)


def _clustered(sizes: Counter[float]) -> dict[float, float]:
    """Each size, and the one that stands for all that are nearly the same. Covers and title pages are set in many
    sizes: of more than there are levels, those are taken together that are alike and rare."""
    groups: list[list[float]] = []
    for size in sorted(sizes, reverse=True):
        if groups and groups[-1][0] - size <= NEAR:
            groups[-1].append(size)
        else:
            groups.append([size])
    while len(groups) > MOST_SIZES:
        costs = [_cost(one, other, sizes) for one, other in pairwise(groups)]
        cheapest = costs.index(min(costs))
        groups[cheapest : cheapest + 2] = [groups[cheapest] + groups[cheapest + 1]]
    return {size: group[0] for group in groups for size in group}


def _cost(one: list[float], other: list[float], sizes: Counter[float]) -> float:
    """What is lost when two groups of sizes are taken for one."""
    rarer = min(sum(sizes[size] for size in group) for group in (one, other))
    return rarer * (one[-1] / other[0] - 1)
