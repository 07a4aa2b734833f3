"""Markdown from seeds, of about 10 kB each: headings, paragraphs, lists, tables, code, and definitions."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.bench.documents.composing import Shape, compose
from tests.bench.documents.markdown import known_markdown
from tests.bench.documents.vocabulary import Voice

SHAPE = Shape(sections=2, long_table=25)


def documents(count: int) -> Iterator[str]:
    """So many documents, no two of them alike."""
    return (_document(seed) for seed in range(count))


def _document(seed: int) -> str:
    return f"{known_markdown(compose(seed, SHAPE))}\n## Terms\n\n{_definitions(Random(seed))}\n"


def _definitions(chance: Random) -> str:
    voice = Voice(chance)
    return "\n\n".join(f"**{voice.words(1, 3)}**: {voice.sentence()}" for _ in range(chance.randint(2, 5)))
