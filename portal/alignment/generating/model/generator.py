"""A generator whose pairs a language model writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial

from portal.alignment.generating.model.asking import Asker
from portal.alignment.generating.model.checking import sameness_of
from portal.alignment.generating.model.failures import too_expensive
from portal.alignment.generating.model.prompts import for_pairs
from portal.alignment.generating.model.remembering import Beginning, Memory
from portal.alignment.generating.model.replies import tokens_of
from portal.alignment.generating.model.sections import LONGEST, Section, sections_of
from portal.alignment.generating.model.stopping import Stop
from portal.alignment.generating.model.working import in_order
from portal.alignment.generating.model.writing import Task, passage_of
from portal.alignment.generating.pairs import Document, Generator, Guidance, Passage, Usage


class ModelGenerator(Generator):
    """Asks a model about one passage after the other, several at a time, and keeps what stands the check against the
    passage. Safe to be used by several threads, which share the places of `asker`."""

    def __init__(
        self,
        asker: Asker,
        *,
        pairs_per_passage: int = 6,
        max_tokens_per_document: int = 1_000_000,
        passage_characters: int = LONGEST,
    ) -> None:
        self._asker = asker
        self._pairs_per_passage = pairs_per_passage
        self._max_tokens = max_tokens_per_document
        self._passage_characters = passage_characters
        self._memory = Memory()

    def passages(
        self, document: Document, guidance: Guidance, *, is_cancelled: Callable[[], bool]
    ) -> Iterator[Passage]:
        """As Generator says. `is_cancelled` is asked four times a second; then open connections are cut.

        Raises GenerationFailed before anything is asked when the document is plainly too large for the limit of tokens,
        and later when the limit is passed.
        """
        self._check(document, self._expected(document, guidance))
        beginning = self._memory.beginning_of(document, guidance)
        sections = sections_of(document.text, self._passage_characters)
        write = partial(_written, Task(self._asker, document, guidance, self._pairs_per_passage), beginning)
        asked: set[str] = set()
        spent = Usage()
        with closing(in_order(write, sections, at_once=self._asker.at_once, is_cancelled=is_cancelled)) as written:
            for passage in written:
                spent += passage.usage
                self._check(document, spent)
                beginning.count(passage)
                yield _without_repeats(passage, asked)
        self._memory.forget(document, guidance)

    def _expected(self, document: Document, guidance: Guidance) -> Usage:
        """About so much is going to be read by the model, without what it writes."""
        sections = len(document.text) // self._passage_characters + 1
        around = sum(len(message["content"]) for message in for_pairs(document.name, (), "", guidance, 1))
        return Usage(input_tokens=tokens_of(len(document.text) + sections * around))

    def _check(self, document: Document, usage: Usage) -> None:
        if usage.input_tokens + usage.output_tokens > self._max_tokens:
            raise too_expensive(document.name, self._max_tokens)


def _written(task: Task, beginning: Beginning, section: Section, stop: Stop) -> Passage:
    passage = beginning.find(section)
    if passage is None:
        passage = passage_of(task, section, stop)
        beginning.keep(passage)
    return passage


def _without_repeats(passage: Passage, asked: set[str]) -> Passage:
    """The passage without pairs whose question was asked before in the document; those of `passage` are added."""
    kept = []
    for pair in passage.pairs:
        if (sameness := sameness_of(pair.question)) not in asked:
            asked.add(sameness)
            kept.append(pair)
    return replace(passage, pairs=tuple(kept), refused=passage.refused + len(passage.pairs) - len(kept))
