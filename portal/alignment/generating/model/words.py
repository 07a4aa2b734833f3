"""Words of Markdown and where they are: texts are compared without regard to markup, spaces and case. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

WORD = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"  # scripts without spaces: each sign for itself
    r"|(?:[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff][\u0300-\u036f]*)+"
)
UNSEEN = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>|(?<=\])\([^()\s]*\)|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);", re.DOTALL)
"""What a reader of the rendered text doesn't see as words: comments, tags, targets of links, entities."""

CLOSING = re.compile(r"[.!?…%]*")


class Word(NamedTuple):
    """`key` is what two words have in common that count as the same; the range is that in the text."""

    key: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words of `text` in their order."""
    seen = UNSEEN.sub(lambda found: " " * len(found[0]), text)
    return [Word(key_of(found[0]), *found.span()) for found in WORD.finditer(seen)]


def key_of(word: str) -> str:
    """The same for words that differ by case or by how Unicode writes them."""
    return unicodedata.normalize("NFKC", word).casefold()


def range_of(quote: str, text: str) -> tuple[int, int] | None:
    """Where in `text` the words of `quote` come one after the other, with the sign that ends the sentence; None where
    they don't, or there are none."""
    wanted = [word.key for word in words_of(quote)]
    found = words_of(text)
    keys = [word.key for word in found]
    for first in range(len(keys) - len(wanted) + 1) if wanted else ():
        if keys[first : first + len(wanted)] == wanted:
            end = CLOSING.match(text, found[first + len(wanted) - 1].end)
            return found[first].start, end.end() if end else len(text)
    return None
