"""What is in an endpoint's answer: the model's text, what it cost, and the pairs in it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal.alignment.generating.model.checking import Proposal
from portal.alignment.generating.model.endpoint import Endpoint
from portal.alignment.generating.model.failures import unreadable
from portal.alignment.generating.pairs import Usage

CHARACTERS_OF_A_TOKEN = 4
"""Where the endpoint doesn't count them: https://platform.openai.com/tokenizer gives this for English."""
MOST_TOKENS = 10**9
"""No model reads or writes as many at once, and databases keep no number of any length."""

THOUGHTS = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
"""What models that think aloud write first."""
FENCE = re.compile(r"^\s*```\w*\n(.*?)\n?```\s*$", re.DOTALL)


@dataclass(frozen=True)
class Reply:
    """What the model wrote. `is_cut`: it had more to say than it may."""

    text: str
    usage: Usage
    is_cut: bool = False


def reply_in(body: bytes, endpoint: Endpoint, asked: int) -> Reply:
    """What an answer of status 200 holds; `asked` is how many characters the request had.

    Raises GenerationFailed for what no such API answers.
    """
    try:
        answer = json.loads(body)
        choice = answer["choices"][0]
        text = choice["message"].get("content")
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        raise unreadable(endpoint) from None
    text = bare(text) if isinstance(text, str) else ""
    return Reply(text, _usage(answer.get("usage"), asked, len(text)), choice.get("finish_reason") == "length")


def bare(text: str) -> str:
    """The text without thoughts before it and the fence around it."""
    text = THOUGHTS.sub("", text)
    fenced = FENCE.match(text)
    return (fenced[1] if fenced else text).strip()


def proposals_in(text: str) -> list[Proposal | None] | None:
    """The pairs of a reply, None in the place of one that lacks a part; None instead of all when it isn't JSON."""
    found = _json_in(text)
    if isinstance(found, dict):
        found = found.get("pairs", [found] if "question" in found else None)
    return [_proposal(each) for each in found] if isinstance(found, list) else None


def tokens_of(characters: int) -> int:
    """About as many tokens are so many characters."""
    return -(-characters // CHARACTERS_OF_A_TOKEN)


def _usage(given: Any, asked: int, said: int) -> Usage:
    counted = given if isinstance(given, dict) else {}
    return Usage(
        1,
        _count(counted.get("prompt_tokens"), tokens_of(asked)),
        _count(counted.get("completion_tokens"), tokens_of(said)),
    )


def _count(given: Any, estimate: int) -> int:
    is_number = isinstance(given, int) and not isinstance(given, bool)
    return given if is_number and 0 <= given <= MOST_TOKENS else estimate


def _json_in(text: str) -> Any:
    """The first JSON of a text: some models introduce it by a sentence."""
    for start in _beginnings(text):
        try:
            return json.JSONDecoder().raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _beginnings(text: str) -> Iterator[int]:
    found = (text.find(sign) for sign in "{[")
    return iter(sorted(place for place in found if place >= 0))


def _proposal(given: Any) -> Proposal | None:
    parts = [given.get(name) for name in ("question", "answer", "quote")] if isinstance(given, dict) else []
    if not parts or not all(isinstance(part, str) for part in parts):
        return None
    return Proposal(*(str(part).strip() for part in parts))
