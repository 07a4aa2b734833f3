"""A system prompt that a language model suggests."""

from __future__ import annotations

import time

from portal.alignment.generating.model.asking import Asker
from portal.alignment.generating.model.prompts import for_suggestion
from portal.alignment.generating.model.working import in_order
from portal.alignment.generating.pairs import Cancelled, GenerationFailed

SECONDS = 20
"""Someone waits for it in front of a page."""
LONGEST = 8000
"""Characters of a prompt."""


def suggest_prompt(asker: Asker, instructions: str, summary: str = "", *, seconds: float = SECONDS) -> str:
    """A system prompt for a model that is to do what `instructions` say with documents as `summary` describes them.

    Takes at most `seconds`. Raises GenerationFailed.
    """
    messages = for_suggestion(instructions, summary)
    end = time.monotonic() + seconds
    replies = in_order(
        lambda asked, stop: asker.ask(asked, stop, as_json=False),
        [messages],
        at_once=1,
        is_cancelled=lambda: time.monotonic() > end,
    )
    try:
        [reply] = replies
    except Cancelled:
        raise _too_slow(seconds) from None
    return _checked(reply.text)


def _checked(text: str) -> str:
    prompt = text.strip().strip('"').strip()
    if not prompt or len(prompt) > LONGEST or not all(sign in "\n\t" or sign.isprintable() for sign in prompt):
        raise GenerationFailed(
            "The language model replied with something that is no system prompt.",
            fix="Ask for it again, or write one yourself.",
            passes=True,
        )
    return prompt


def _too_slow(seconds: float) -> GenerationFailed:
    return GenerationFailed(
        f"The language model wrote no system prompt within {seconds:g} seconds.",
        fix="Ask for it again in a while, or write one yourself.",
        passes=True,
    )
