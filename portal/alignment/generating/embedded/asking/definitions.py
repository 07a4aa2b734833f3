"""Questions about what something is: terms with their meaning, and what is given under a name, such as an address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portal.alignment.generating.embedded.asking.asking import Asking
from portal.alignment.generating.embedded.asking.places import quoted
from portal.alignment.generating.embedded.vocabulary import LEAD_WORDS, PRONOUNS
from portal.alignment.generating.pairs import Pair, PairKind
from portal.alignment.generating.reading.blocks import Block, Definitions, List, Paragraph
from portal.alignment.generating.reading.inline import plain, readable

MEANING = (
    "What does {term} mean in {title}?",
    "How does {title} define {term}?",
    "How is {term} defined in {title}?",
    "According to {title}, what does {term} mean?",
)
_EXPLAINED = (
    "How does {title} explain {term}{where}?",
    "What does {title} say{where} about {term}?",
    "How is {term} described{where} in {title}?",
    "In {title}, what is said{where} about {term}?",
)
_GIVEN = (
    "What does {title} give as {term}{where}?",
    "What is given as {term}{where} in {title}?",
    "In {title}, what is stated as {term}{where}?",
)

_TERM = r"(?P<marked>\*\*[^*\n]{1,80}?\*\*|__[^_\n]{1,80}?__|`[^`\n]{1,80}`|\*[^*\s][^*\n]{0,80}?\*)"
_MARKED = re.compile(
    rf"{_TERM}(?P<note>\s\([^()\n]{{1,80}}\))?(?:[ \t]*:\s+|[ \t]+[-–—]{{1,3}}[ \t]+|(?<=[:.]\*\*)\s+)(?=\S)"
)
_PLAIN = re.compile(r"(?P<plain>[^\W_][^\n:.?!|*`\[\]<>]{0,50}?)(?::[ \t]+|[ \t]+[–—][ \t]+|[ \t]+--[ \t]+)(?=\S)")
_LINE = re.compile(r"[^\n]+")
_LETTER = re.compile(r"[^\W\d_]")
_SHORT = 80
_SHORTEST_MEANING = 2


def pairs_about_definitions(asking: Asking) -> Iterator[Pair]:
    """Of each block that has terms and what belongs to them."""
    for block in asking.draft.blocks:
        match block:
            case Definitions():
                yield from _defined(asking, block)
            case List():
                yield from _listed(asking, block)
            case Paragraph():
                yield from _in_paragraph(asking, block)


def _defined(asking: Asking, block: Definitions) -> Iterator[Pair]:
    for item in block.items:
        yield from _pair(asking, MEANING, item.term, item.meaning, item)


def _listed(asking: Asking, block: List) -> Iterator[Pair]:
    """Marked terms are taken from any item; plain ones only where all items have one."""
    contents = [item.content for item in block.items]
    terms = [_MARKED.match(content) for content in contents]
    if not any(terms):
        terms = [_PLAIN.match(content) for content in contents]
        if not all(terms):
            return
    for item, content, term in zip(block.items, contents, terms, strict=True):
        if term:
            yield from _explained(asking, term, content[term.end() :], item)


def _in_paragraph(asking: Asking, block: Paragraph) -> Iterator[Pair]:
    """A term before all of it, or lines of which each gives something."""
    lines = [line[0] for line in _LINE.finditer(block.text)]
    terms = [_MARKED.match(line) or _PLAIN.match(line) for line in lines]
    if len(lines) > 1 and all(terms):
        for line, term in zip(lines, terms, strict=True):
            if term:
                yield from _explained(asking, term, line[term.end() :].rstrip("\\ "), block)
    elif terms[0] and (terms[0].re is _MARKED or len(block.text) <= _SHORT):
        yield from _explained(asking, terms[0], block.text[terms[0].end() :], block)


def _explained(asking: Asking, found: re.Match[str], text: str, block: Block) -> Iterator[Pair]:
    is_short = len(text) <= _SHORT and "\n" not in text and not text.rstrip().endswith((".", "!", "?"))
    yield from _pair(asking, _GIVEN if is_short else _EXPLAINED, found[1], text, block)


def _pair(asking: Asking, wordings: tuple[str, ...], term: str, text: str, block: Block) -> Iterator[Pair]:
    name = plain(term).strip(" :.,;")
    first = name.split(" ", 1)[0].casefold()
    if not _LETTER.search(name) or name.count(" ") > 7 or name.casefold() in LEAD_WORDS or first in PRONOUNS:
        return
    if len(text.strip()) >= _SHORTEST_MEANING and not text.rstrip().endswith(":"):
        over = (block.start, block.end)
        yield from asking.pair(PairKind.DEFINITION, wordings, readable(text), over, term=quoted(name))
