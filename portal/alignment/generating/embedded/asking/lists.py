"""Questions about lists: all that one lists, and the order of steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from portal.alignment.generating.embedded.asking.actions import action_of, activity_of, aim_of, is_imperative
from portal.alignment.generating.embedded.asking.answers import range_of, text_of
from portal.alignment.generating.embedded.asking.asking import Asking
from portal.alignment.generating.embedded.asking.places import quoted
from portal.alignment.generating.pairs import Pair, PairKind
from portal.alignment.generating.reading.blocks import Item, List
from portal.alignment.generating.reading.inline import plain, readable

_AIM = (
    "According to {title}, what are the steps to {aim}?",
    "What are the steps to {aim}, according to {title}?",
    "Which steps does {title} give to {aim}?",
)
_ACTIVITY = (
    "According to {title}, what are the steps for {activity}?",
    "Which steps does {title} give for {activity}?",
)
_STEPS = (
    "What are the steps{where} in {title}?",
    "Which steps does {title} give{where}?",
    "In {title}, which steps are to be taken{where}?",
)
_POINTS = (
    "Which points does {title} list{where}?",
    "What is listed{where} in {title}?",
    "In {title}, which points are listed{where}?",
)
_ANNOUNCED = (
    "What does {title} list{where} after the words {lead}?",
    "In {title}, which points follow the words {lead}{where}?",
    "Which list does {title} introduce{where} with {lead}?",
)
_ANNOUNCED_STEPS = (
    "Which steps does {title} give{where} after the words {lead}?",
    "In {title}, which steps follow the words {lead}{where}?",
)
_NEXT = (
    "In {title}, which step follows {step}{where}?",
    "What comes after the step {step}{where} in {title}?",
    "According to {title}, what is to be done after {step}{where}?",
)
_FIRST = ("What is the first step{where} in {title}?", "In {title}, which step comes first{where}?")
_LONGEST_STEP = 160
_MOST_STEPS = 20


def pairs_about_lists(asking: Asking) -> Iterator[Pair]:
    """Of each list: what it lists; of steps also which is first, and which follows which."""
    lists = [block for block in asking.draft.blocks if isinstance(block, List) and _says_something(block)]
    for block in lists:
        is_only = len(lists) == 1 and asking.draft.is_only
        if block.is_whole:
            yield from _all(asking, block, is_only=is_only)
        if _are_steps(block):
            yield from _order(asking, block, is_only=is_only)


def _says_something(block: List) -> bool:
    """Navigation doesn't: nothing but links."""
    links = sum(item.text.rstrip().endswith(")") and "[" in item.text[:6] for item in block.items)
    return len(block.items) > 1 and links < len(block.items) and all(item.text.strip("-+* ") for item in block.items)


def _are_steps(block: List) -> bool:
    asking_to_do = sum(is_imperative(plain(item.lead[:80])) for item in block.items)
    return block.is_ordered and asking_to_do * 2 > len(block.items)


def _all(asking: Asking, block: List, *, is_only: bool) -> Iterator[Pair]:
    lead = asking.lead(block)
    if lead or is_only:
        wordings, words = _wordings(asking, lead, are_steps=_are_steps(block))
        yield from asking.pair(PairKind.LIST, wordings, text_of(block), range_of([block]), **words)


def _wordings(asking: Asking, lead: str, *, are_steps: bool) -> tuple[Sequence[str], dict[str, str]]:
    heading = asking.place.heading
    if are_steps and (aim := aim_of(lead) or action_of(heading)):
        return _AIM, {"aim": aim}
    if are_steps and (activity := activity_of(heading)):
        return _ACTIVITY, {"activity": activity}
    if lead:
        return (_ANNOUNCED_STEPS if are_steps else _ANNOUNCED), {"lead": quoted(lead)}
    return (_STEPS if are_steps else _POINTS), {}


def _order(asking: Asking, block: List, *, is_only: bool) -> Iterator[Pair]:
    if is_only and block.is_whole:
        yield from asking.pair(PairKind.LIST, _FIRST, _content(block.items[0]), range_of([block.items[0]]))
    for before, after in pairwise(block.items[:_MOST_STEPS]):
        step = plain(before.lead).rstrip(".:;, ")
        if 0 < len(step) <= _LONGEST_STEP and after.lead:
            yield from asking.pair(PairKind.LIST, _NEXT, _content(after), range_of([after]), step=quoted(step))


def _content(item: Item) -> str:
    return readable(item.content)
