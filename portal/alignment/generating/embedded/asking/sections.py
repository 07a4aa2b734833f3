"""Questions about what a section says: all of it, its parts where it is long, and paragraphs about something named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from portal.alignment.generating.embedded.asking.actions import action_of, activity_of, is_vague
from portal.alignment.generating.embedded.asking.answers import answer_of, range_of, says_enough
from portal.alignment.generating.embedded.asking.asking import Asking
from portal.alignment.generating.embedded.asking.places import quoted
from portal.alignment.generating.embedded.dividing import sentences
from portal.alignment.generating.embedded.passages import leads_on
from portal.alignment.generating.embedded.vocabulary import LEAD_WORDS, PRONOUNS
from portal.alignment.generating.pairs import Pair, PairKind
from portal.alignment.generating.reading.blocks import Block, Paragraph
from portal.alignment.generating.reading.inline import plain
from portal.alignment.generating.reading.naming import is_generic

_BEGINNING = (
    "How does {title} begin?",
    "What does {title} say at the beginning?",
    "What is said at the beginning of {title}?",
)
_WHOLE = ("What does {title} say?", "What is written in {title}?")
_SECTION = (
    "What does {title} say about {section}?",
    "What does {title} say in its section {section}?",
    "According to {title}, what is there to know about {section}?",
    "What information does {title} give about {section}?",
    "What do I learn about {section} from {title}?",
    "What does the section {section} of {title} say?",
)
_GENERIC_SECTION = (
    "What does the section {section} of {title} say?",
    "What does {title} say in its section {section}?",
    "What is written in the section {section} of {title}?",
)
_LONG_SECTION = (
    "How does {title} begin its section {section}?",
    "How does the section {section} of {title} begin?",
    "What does {title} say at the beginning of its section {section}?",
)
_ACTION = (
    "According to {title}, how do I {action}?",
    "How do I {action}, according to {title}?",
    "What does {title} say about how to {action}?",
)
_ACTIVITY = (
    "What does {title} say about {activity}?",
    "According to {title}, what is there to know about {activity}?",
    "What information does {title} give about {activity}?",
)
_QUESTION = ("{question}",)
_VAGUE_QUESTION = (
    "In {title}, what is the answer to {quotation}?",
    "How does {title} answer the question {quotation}?",
)
_FURTHER = (
    "In {title}, how does the text{where} go on after the sentence {sentence}?",
    "What does {title} say{where} right after {sentence}?",
    "What follows the sentence {sentence} in {title}{where}?",
)
_TOPIC = (
    "What does {title} say{where} about {topic}?",
    "In {title}, what is said{where} about {topic}?",
    "According to {title}, what is there to know{where} about {topic}?",
)

_MARKED = re.compile(r"\*\*(?P<strong>[^*\n]{3,60})\*\*|(?<!`)(?P<code>`[^`\n]{2,60}`)(?!`)")
_LETTER = re.compile(r"[^\W\d_]")
_SHORTEST_TOPIC_TEXT = 80
_LONGEST_SENTENCE = 250


def pairs_about_section(asking: Asking) -> Iterator[Pair]:
    """The question that the heading leads to, and what the passage says as its answer."""
    if asking.draft.number > 1:
        yield from _further(asking)
        return
    blocks = asking.draft.blocks
    answer = answer_of(blocks)
    if asking.place.heading.endswith("?") and asking.draft.is_last:
        question = asking.place.heading
        wordings = _VAGUE_QUESTION if _is_vague(asking) else _QUESTION
        yield from asking.pair(
            PairKind.SECTION, wordings, answer, range_of(blocks), question=question, quotation=quoted(question)
        )
    elif says_enough(answer):
        of_heading, words = _of_heading(asking)
        yield from asking.pair(PairKind.SECTION, of_heading, answer, range_of(blocks), **words)


def _is_vague(asking: Asking) -> bool:
    heading = asking.place.heading
    return heading.count(" ") < 2 or is_vague(heading) or asking.place.section != quoted(heading)


def _of_heading(asking: Asking) -> tuple[Sequence[str], dict[str, str]]:
    heading = asking.place.heading
    if not heading:
        return (_WHOLE if asking.draft.is_only and not asking.draft.headings else _BEGINNING), {}
    if not asking.draft.is_last:
        return _LONG_SECTION, {}
    if asking.place.section == quoted(heading):
        if action := action_of(heading):
            return _ACTION, {"action": action}
        if activity := activity_of(heading):
            return _ACTIVITY, {"activity": activity}
    return (_GENERIC_SECTION if is_generic(heading) or _is_clause(heading) else _SECTION), {}


def _is_clause(heading: str) -> bool:
    """Whether it stands badly behind “about”: “Before you start”, “What it costs”."""
    return heading.split(" ", 1)[0].casefold() in PRONOUNS


def _further(asking: Asking) -> Iterator[Pair]:
    """The rest of a later part of a long section is asked for by its first sentence."""
    blocks = asking.draft.blocks
    if not isinstance(blocks[0], Paragraph) or leads_on(blocks[0]):
        return
    end = sentences(blocks[0].text)[0][1]
    sentence = plain(blocks[0].text[:end])
    rest = Paragraph(blocks[0].start, blocks[0].end, blocks[0].text[end:])
    answer = answer_of([rest, *blocks[1:]])
    if len(sentence) <= _LONGEST_SENTENCE and says_enough(sentence) and says_enough(answer):
        yield from asking.pair(PairKind.SECTION, _FURTHER, answer, range_of(blocks), sentence=quoted(sentence))


def pairs_about_topics(asking: Asking) -> Iterator[Pair]:
    """Paragraphs in which something is marked as important, or as code, unless they are all that the passage says."""
    paragraphs = [block for block in asking.draft.blocks if isinstance(block, Paragraph)]
    if asking.draft.is_only and len(paragraphs) < 2:
        return
    for paragraph in paragraphs:
        topic = _topic(paragraph) if not leads_on(paragraph) else ""
        if topic and topic.strip("`").casefold() not in asking.place.heading.casefold():
            yield from asking.pair(
                PairKind.SECTION, _TOPIC, answer_of([paragraph]), _range(paragraph), topic=quoted(topic)
            )


def _topic(paragraph: Paragraph) -> str:
    if len(paragraph.text) < _SHORTEST_TOPIC_TEXT:
        return ""
    found = _MARKED.search(paragraph.text, 3)  # what it begins with is a term that it explains
    topic = plain(found[0]).rstrip(" .:;,") if found else ""
    is_telling = _LETTER.search(topic) and topic.casefold() not in LEAD_WORDS and topic.count(" ") < 6
    return topic if is_telling else ""


def _range(block: Block) -> tuple[int, int]:
    return block.start, block.end
