"""Questions that a document itself asks and answers, in bold or after a “Q:”."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portal.alignment.generating.embedded.asking.actions import is_vague
from portal.alignment.generating.embedded.asking.answers import answer_of
from portal.alignment.generating.embedded.asking.asking import Asking
from portal.alignment.generating.embedded.asking.places import quoted
from portal.alignment.generating.pairs import Pair, PairKind
from portal.alignment.generating.reading.blocks import Block, Paragraph
from portal.alignment.generating.reading.inline import plain

_ITSELF = ("{question}",)
_ANSWERED = (
    "In {title}, what is the answer to {quotation}{where}?",
    "How does {title} answer the question {quotation}{where}?",
)

_QUESTION = re.compile(
    r"(?:\*\*(?:Q(?:uestion)?\s*\d*[:.]\s*)?(?P<strong>[^*\n]{8,200}\?)\*\*|"
    r"(?:\*\*)?Q(?:uestion)?\s*\d*[:.](?:\*\*)?\s+(?P<marked>[^*\n]{8,200}\?))\s*"
)
_ANSWER_MARK = re.compile(r"\A(?:\*\*)?A(?:nswer)?\s*\d*[:.](?:\*\*)?\s+")


def pairs_about_questions(asking: Asking) -> Iterator[Pair]:
    """Each question with all that follows until the next."""
    blocks = asking.draft.blocks
    found = [(at, match) for at, block in enumerate(blocks) if (match := _question(block))]
    ends = [*(at for at, _ in found[1:]), len(blocks)]
    for (at, match), end in zip(found, ends, strict=False):
        question = plain(match["strong"] or match["marked"])
        answer = answer_of([_rest(blocks[at], match.end()), *blocks[at + 1 : end]])
        wordings = _ANSWERED if is_vague(question) else _ITSELF
        over = (blocks[at].start, blocks[end - 1].end)
        words = {"question": question, "quotation": quoted(question)}
        yield from asking.pair(PairKind.SECTION, wordings, _ANSWER_MARK.sub("", answer, count=1), over, **words)


def _question(block: Block) -> re.Match[str] | None:
    return _QUESTION.match(block.text) if isinstance(block, Paragraph) else None


def _rest(block: Block, start: int) -> Paragraph:
    return Paragraph(block.start, block.end, block.text[start:])
