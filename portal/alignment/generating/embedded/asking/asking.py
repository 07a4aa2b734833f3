"""What all kinds of questions share: how one is worded, and that none is asked twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from portal.alignment.generating.embedded.asking.places import Place
from portal.alignment.generating.embedded.passages import Draft, leads_on
from portal.alignment.generating.pairs import Pair, PairKind
from portal.alignment.generating.reading.blocks import Block
from portal.alignment.generating.reading.inline import plain

_WORD = re.compile(r"[^\W_]")
_LONGEST_LEAD = 200


class Asked:
    """The questions that a document has got already, without regard to case and spaces."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def is_new(self, question: str) -> bool:
        """Whether it wasn't asked yet; now it is."""
        known = hash(" ".join(question.casefold().split()))
        is_new = known not in self._seen
        self._seen.add(known)
        return is_new


@dataclass(frozen=True)
class Asking:
    """A passage that is asked about, its place, and what was asked before it."""

    draft: Draft
    place: Place
    asked: Asked

    def pair(
        self, kind: PairKind, wordings: Sequence[str], answer: str, over: tuple[int, int], **words: str
    ) -> Iterator[Pair]:
        """One pair, or none: where the answer has no words or is in the question, or the question was asked already.

        Which of the `wordings` it is, follows from the words alone. They may name `title`, `where`, `section`,
        `source` of the place beside `words`; `over` is the range of the document that answers.
        """
        answer = answer.strip()
        place = self.place
        wording = chosen(wordings, kind, place.title, place.full_section, *words.values())
        question = wording.format(
            title=place.title, where=place.where, section=place.section, source=place.source, **words
        )
        if not _WORD.search(answer) or (len(answer) < len(question) and answer.casefold() in question.casefold()):
            return
        if not self.asked.is_new(question):
            question = f"In the section {place.full_section} of {place.title}: {question}"
            if place.full_section == place.section or not self.asked.is_new(question):
                return
        yield Pair(kind, question, answer, *over)

    def lead(self, block: Block) -> str:
        """The sentence that announces the block, without its colon; empty if there is none, or a long one."""
        at = next(number for number, one in enumerate(self.draft.blocks) if one is block)
        before = self.draft.blocks[at - 1] if at else None
        if before is None or not leads_on(before):
            return ""
        lead = re.split(r"(?<=[.!?])\s+(?=[^\W\d_a-z])", plain(before.text))[-1].rstrip(" :")
        return lead if len(lead) <= _LONGEST_LEAD else ""


def chosen(wordings: Sequence[str], *about: str) -> str:
    """One of them, always the same for the same words, so that a data set doesn't consist of one sentence."""
    return wordings[crc32("\n".join(about).encode("utf-8", "surrogatepass")) % len(wordings)]
