"""What headings and sentences ask to do."""

from __future__ import annotations

import re

from portal.alignment.generating.embedded.vocabulary import AMBIGUOUS_VERBS, DETERMINERS, NOT_GERUNDS, VERBS

_HOW_TO = re.compile(r"how (?:to|do i|do you|do we|can i|can you) (?P<action>\S.{2,100}?)\??", re.IGNORECASE)
_TO_DO = re.compile(r"to (?P<action>[a-z][^,.:;]{3,90}), .{2,120}", re.IGNORECASE)
_VAGUE = re.compile(r"\b(?:it|its|this|that|they|their|them|these|those|he|she)\b", re.IGNORECASE)
_GERUND = re.compile(r"[A-Z]?[a-z]{2,}ing")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def action_of(heading: str) -> str:
    """What a heading says can be done, as it stands after “how do I”; empty if it doesn't say so."""
    if is_vague(heading):
        return ""
    how = _HOW_TO.fullmatch(heading)
    if how:
        return lowered(how["action"])
    return lowered(heading) if " " in heading and is_imperative(heading) and heading[-1] not in ".:?!" else ""


def activity_of(heading: str) -> str:
    """The same for a heading such as “Installing the client”, as it stands after “about” or “for”."""
    first = heading.split(" ", 1)[0]
    is_gerund = _GERUND.fullmatch(first) and first.casefold() not in NOT_GERUNDS
    return lowered(heading) if is_gerund and " " in heading and heading[-1] not in ".:?!" else ""


def aim_of(sentence: str) -> str:
    """What a sentence such as “To start the server, run” leads to, as it stands after “how do I”; empty otherwise."""
    found = _TO_DO.fullmatch(sentence)
    return lowered(found["action"]) if found else ""


def is_imperative(sentence: str) -> bool:
    """Whether it begins with a verb that asks to do something."""
    words = [word.casefold() for word in _WORD.findall(sentence[:60])[:2]]
    if not words or not sentence.casefold().startswith(words[0]):
        return False
    if words[0] in AMBIGUOUS_VERBS:
        return len(words) > 1 and words[1] in DETERMINERS
    return words[0] in VERBS


def is_vague(words: str) -> bool:
    """Whether they point at something that was named before."""
    return _VAGUE.search(words) is not None


def lowered(words: str) -> str:
    """With a small first letter, unless that belongs to an abbreviation or a name with capitals within."""
    return words[:1].lower() + words[1:] if words[1:2].islower() and words.split(" ", 1)[0][1:].islower() else words
