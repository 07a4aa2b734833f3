"""The pairs of one section: asked for, read, and checked against its text."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from portal.alignment.generating.model.asking import Asker
from portal.alignment.generating.model.checking import Proposal, Refusal, judge
from portal.alignment.generating.model.failures import PassageTooLong
from portal.alignment.generating.model.prompts import for_pairs, for_repair
from portal.alignment.generating.model.replies import proposals_in
from portal.alignment.generating.model.sections import Section, halves_of
from portal.alignment.generating.model.stopping import Stop
from portal.alignment.generating.pairs import Document, Guidance, Pair, PairKind, Passage, Usage

log = logging.getLogger(__name__)

CHARACTERS_OF_A_PAIR = 400
"""A passage gives no more pairs than one for so many: asked for more, models invent."""


@dataclass(frozen=True)
class Task:
    """What is written for one document: `most` is how many pairs a passage may have."""

    asker: Asker
    document: Document
    guidance: Guidance
    most: int


def passage_of(task: Task, section: Section, stop: Stop) -> Passage:
    """The passage with those pairs that stood the check. One that is too long for the model is asked about in halves,
    once. Raises Cancelled, GenerationFailed."""
    try:
        return _passage(task, section, stop)
    except PassageTooLong:
        parts = [_passage(task, half, stop) for half in halves_of(section, task.document.text)]
    return _together(section, task.document.text, parts)


def _passage(task: Task, section: Section, stop: Stop) -> Passage:
    text = task.document.text[section.start : section.end]
    wanted = min(max(len(text) // CHARACTERS_OF_A_PAIR, 1), task.most)
    proposals, usage = _proposals(task, section, text, wanted, stop)
    judged = [_pair(proposal, section, text, task.document.name) for proposal in proposals]
    pairs = tuple(pair for pair in judged if pair is not None)
    return Passage(section.headings, section.start, section.end, text, pairs, len(judged) - len(pairs), usage)


def _proposals(task: Task, section: Section, text: str, wanted: int, stop: Stop) -> tuple[list[Proposal | None], Usage]:
    """What the model wrote. A reply that can't be read, which it may mend once, counts as all pairs refused."""
    messages = for_pairs(task.document.name, section.headings, text, task.guidance, wanted)
    reply = task.asker.ask(messages, stop, as_json=True)
    usage, proposals = reply.usage, proposals_in(reply.text)
    if proposals is None and reply.text and not reply.is_cut:
        mended = task.asker.ask(for_repair(messages, reply.text), stop, as_json=True)
        usage, proposals = usage + mended.usage, proposals_in(mended.text)
    return (proposals[:wanted] if proposals is not None else [None] * wanted), usage


def _pair(proposal: Proposal | None, section: Section, text: str, name: str) -> Pair | None:
    if proposal is None:
        return None
    found = judge(proposal, text, around="\n".join([name, *section.headings]))
    if isinstance(found, Refusal):
        log.debug("A pair of %s at %d was refused: %s", name, section.start, found)
        return None
    start, end = section.start + found[0], section.start + found[1]
    return Pair(PairKind.MODEL, proposal.question, proposal.answer, start, end)


def _together(section: Section, text: str, parts: list[Passage]) -> Passage:
    return Passage(
        section.headings,
        section.start,
        section.end,
        text[section.start : section.end],
        tuple(pair for part in parts for pair in part.pairs),
        sum(part.refused for part in parts),
        sum((part.usage for part in parts), Usage()),
    )
