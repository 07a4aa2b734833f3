"""What of a passage's Markdown is an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from textwrap import dedent

from portal.alignment.generating.reading.blocks import Block, Code, Paragraph
from portal.alignment.generating.reading.inline import readable

_IMAGES = re.compile(
    r"\s*(?:\[?!\[[^\[\]]{0,300}\](?:\([^()\s]{0,1000}(?:\s[^()\n]{0,200})?\)|\[[^\[\]]{0,100}\])"
    r"(?:\](?:\([^()\n]{0,1000}\)|\[[^\[\]]{0,100}\]))?\s*)+"
)
_LEADER = re.compile(r".{0,200}(?:\.{4,}|…|(?:\. ){4,})\s*(?:\d{1,4}|[ivxlc]{1,7})\s*", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_FEWEST_WORDS = 4
_FEWEST_CHARACTERS = 16
_ENOUGH = 300


def answer_of(blocks: Iterable[Block]) -> str:
    """The blocks as Markdown that can be read anywhere: without the targets of links (a relative one leads nowhere, and
    who learns addresses by heart makes some up), images, and lines of a table of contents."""
    return "\n\n".join(text for block in blocks if (text := text_of(block)).strip())


def text_of(block: Block) -> str:
    """The same of one block; empty for one of nothing but images, or a line of a table of contents."""
    if isinstance(block, Code):
        return block.text
    if isinstance(block, Paragraph):
        return "" if _says_nothing(block.text) else readable(block.text)
    return readable(dedent(block.text))


def _says_nothing(text: str) -> bool:
    has_leader = "..." in text or "…" in text or ". . ." in text
    return bool(("![" in text and _IMAGES.fullmatch(text)) or (has_leader and _LEADER.fullmatch(text)))


def says_enough(answer: str) -> bool:
    """Whether it is more than a remark such as “See below”. Text without spaces between words counts by its length."""
    words = _WORD.findall(answer[:_ENOUGH])
    characters = sum(map(len, words))
    return characters >= _FEWEST_CHARACTERS and (len(words) >= _FEWEST_WORDS or not answer.isascii())


def range_of(blocks: Sequence[Block]) -> tuple[int, int]:
    """From the first block to the last, in characters of the document."""
    return blocks[0].start, blocks[-1].end
