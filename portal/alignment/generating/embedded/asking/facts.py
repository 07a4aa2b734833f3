"""Questions about single sentences that say what something is: “A refund is …”, “The default port is 8080.”"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from portal.alignment.generating.embedded.asking.asking import Asking
from portal.alignment.generating.embedded.asking.places import quoted
from portal.alignment.generating.embedded.dividing import sentences
from portal.alignment.generating.embedded.vocabulary import PRONOUNS
from portal.alignment.generating.pairs import Pair, PairKind
from portal.alignment.generating.reading.blocks import Paragraph
from portal.alignment.generating.reading.inline import plain, readable

_DEFINITION = (
    "According to {title}, what {verb} {subject}?",
    "What {verb} {subject}, according to {title}?",
)
_DESCRIPTION = (
    "How does {title} describe {subject}?",
    "According to {title}, who or what {verb} {subject}?",
)
_FACT = (
    "According to {source}, what {verb} {subject}?",
    "What {verb} {subject}, according to {source}?",
)

_NAME = r"[^\W\d_][\w'’.+/-]*"
_DEFINED = re.compile(
    rf"(?P<subject>(?:(?:An?|The) )?(?:\*\*)?{_NAME}(?: {_NAME}){{0,3}}(?:\*\*)?(?: \([A-Z][\w.-]{{1,12}}\))?) "
    r"(?P<verb>is|are|was|were) (?:an?|the) "
    r"(?!(?:same|only|first|last|case|way|most|best|result|lot|bit|few|one|reason)\b)[^\W\d_]"
)
_MEASURED = re.compile(
    rf"(?P<subject>The {_NAME}(?: {_NAME}){{1,6}}) (?P<verb>is|are|was|were) "
    r"(?:(?:about|only|at most|at least|up to|approximately|around|exactly|over|under|between|from|set to|now) )?"
    r"(?:[$€£¥]?\d|`)"
)
_NO_SUBJECT = re.compile(
    r" (?:is|are|was|were|has|have|had|can|could|will|would|may|might|must|shall|should|do|does|did|that|which|who|"
    r"whose|and|if|when|where|while|because|but|or|than|then|so|it|this|these|there|they|he|she|we|you) ",
    re.IGNORECASE,
)
_LONGEST = 500


def pairs_about_facts(asking: Asking) -> Iterator[Pair]:
    """The first sentence of a paragraph if it defines something, and any that gives a number."""
    for block in asking.draft.blocks:
        if isinstance(block, Paragraph) and (" is " in block.text or " are " in block.text or " was " in block.text):
            for number, (start, end) in enumerate(sentences(block.text)):
                sentence = block.text[start:end]
                found = _MEASURED.match(sentence) or (_DEFINED.match(sentence) if number == 0 else None)
                if found and end - start <= _LONGEST:
                    yield from _pair(asking, found, sentence, block)


def _pair(asking: Asking, found: re.Match[str], sentence: str, block: Paragraph) -> Iterator[Pair]:
    subject = _subject(plain(found["subject"]))
    if subject and plain(sentence)[-1:] in ".!。":
        kind, wordings = _asked_for(found, subject)
        subject = quoted(subject) if "**" in found["subject"] else subject
        over = (block.start, block.end)
        yield from asking.pair(kind, wordings, readable(sentence), over, verb=found["verb"], subject=subject)


def _asked_for(found: re.Match[str], subject: str) -> tuple[PairKind, Sequence[str]]:
    """A name of several words may be a person's."""
    if found.re is _MEASURED:
        return PairKind.SECTION, _FACT
    return PairKind.DEFINITION, (_DESCRIPTION if subject.istitle() and " " in subject else _DEFINITION)


def _subject(words: str) -> str:
    """The words as they stand within a question; empty for what isn't understood without the sentences before."""
    article, _, rest = words.partition(" ")
    has_article = article in ("A", "An", "The") and bool(rest)
    first = (rest if has_article else words).split(" ", 1)[0]
    if article == "The" and " " not in rest:
        return ""
    if first.casefold() in PRONOUNS or _NO_SUBJECT.search(f" {words} "):
        return ""
    return f"{article.lower()} {rest}" if has_article else words
