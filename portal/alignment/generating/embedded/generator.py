"""The generator that needs no model."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from portal.alignment.generating.embedded.asking.asking import Asked, Asking
from portal.alignment.generating.embedded.asking.code import pairs_about_code
from portal.alignment.generating.embedded.asking.definitions import pairs_about_definitions
from portal.alignment.generating.embedded.asking.facts import pairs_about_facts
from portal.alignment.generating.embedded.asking.lists import pairs_about_lists
from portal.alignment.generating.embedded.asking.places import place_of
from portal.alignment.generating.embedded.asking.questions import pairs_about_questions
from portal.alignment.generating.embedded.asking.sections import pairs_about_section, pairs_about_topics
from portal.alignment.generating.embedded.asking.tables import pairs_about_tables
from portal.alignment.generating.embedded.passages import Draft, drafts_of
from portal.alignment.generating.pairs import Cancelled, Document, Guidance, Pair, Passage
from portal.alignment.generating.reading.blocks import Block
from portal.alignment.generating.reading.lines import parts_of
from portal.alignment.generating.reading.naming import shortened
from portal.alignment.generating.reading.outline import Outline, outline_of
from portal.alignment.generating.reading.parsing import blocks_of

_ABOUT = (
    pairs_about_section,
    pairs_about_questions,
    pairs_about_definitions,
    pairs_about_facts,
    pairs_about_lists,
    pairs_about_tables,
    pairs_about_code,
    pairs_about_topics,
)
_LONGEST_HEADING = 300


class EmbeddedGenerator:
    """Takes questions and answers from the text as it is: a Generator (`portal.alignment.generating.pairs`)."""

    def passages(
        self,
        document: Document,
        guidance: Guidance,  # noqa: ARG002 - only a model could follow it
        *,
        is_cancelled: Callable[[], bool],
    ) -> Iterator[Passage]:
        """The passages that have pairs. Guidance changes nothing. Raises Cancelled."""
        outline = outline_of(document.name, document.text)
        asked = Asked()
        for draft in drafts_of(_blocks(document.text, is_cancelled)):
            pairs = _pairs(draft, outline, asked)
            if pairs:
                yield _passage(document.text, draft, pairs)


def _blocks(text: str, is_cancelled: Callable[[], bool]) -> Iterator[Block]:
    """A part takes some hundredths of a second, with all that is asked about it."""
    for part in parts_of(text):
        if is_cancelled():
            raise Cancelled
        yield from blocks_of(part)


def _pairs(draft: Draft, outline: Outline, asked: Asked) -> tuple[Pair, ...]:
    asking = Asking(draft, place_of(draft, outline), asked)
    return tuple(sorted((pair for about in _ABOUT for pair in about(asking)), key=lambda pair: pair.start))


def _passage(text: str, draft: Draft, pairs: tuple[Pair, ...]) -> Passage:
    headings = tuple(shortened(heading.words, _LONGEST_HEADING) for heading in draft.headings)
    return Passage(headings, draft.start, draft.end, text[draft.start : draft.end], pairs)
