"""What the embedded generator makes of a text."""

from __future__ import annotations

from portal.alignment.generating.embedded import EmbeddedGenerator
from portal.alignment.generating.pairs import Document, Guidance, Pair, Passage

GUIDANCE = Guidance(system_prompt="", instructions="")


def passages(text: str, name: str = "handbook.md") -> list[Passage]:
    return list(EmbeddedGenerator().passages(Document(name, text), GUIDANCE, is_cancelled=lambda: False))


def pairs(text: str, name: str = "handbook.md") -> list[Pair]:
    return [pair for passage in passages(text, name) for pair in passage.pairs]


def answers(text: str, name: str = "handbook.md") -> dict[str, str]:
    return {pair.question: pair.answer for pair in pairs(text, name)}


def answer_to(text: str, *words: str) -> str:
    """The answer to the only question that has all of the words."""
    found = {question: answer for question, answer in answers(text).items() if all(word in question for word in words)}
    assert len(found) == 1, found or list(answers(text))
    return next(iter(found.values()))
