"""What was written of documents that aren't finished, so that it needn't be paid for again.

A document is begun anew when the endpoint was busy for too long. Whoever takes it up in the same process finds what was
there already.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace

from portal.alignment.generating.model.sections import Section
from portal.alignment.generating.pairs import Document, Guidance, Passage, Usage

DOCUMENTS = 16
"""Of so many it is remembered at most, those that were begun last."""


class Beginning:
    """The passages of one document that were written so far."""

    def __init__(self) -> None:
        self._passages: dict[tuple[int, int], Passage] = {}

    def find(self, section: Section) -> Passage | None:
        return self._passages.get((section.start, section.end))

    def keep(self, passage: Passage) -> None:
        """Remember the passage, with what it has cost."""
        self._passages[passage.start, passage.end] = passage

    def count(self, passage: Passage) -> None:
        """Take note that what the passage has cost is counted elsewhere from now on."""
        self.keep(replace(passage, usage=Usage()))


class Memory:
    """The beginnings of documents. Safe to be used by several threads."""

    def __init__(self) -> None:
        self._beginnings: OrderedDict[tuple[Document, Guidance], Beginning] = OrderedDict()
        self._lock = threading.Lock()

    def beginning_of(self, document: Document, guidance: Guidance) -> Beginning:
        with self._lock:
            beginning = self._beginnings.pop((document, guidance), None) or Beginning()
            self._beginnings[document, guidance] = beginning
            while len(self._beginnings) > DOCUMENTS:
                self._beginnings.popitem(last=False)
            return beginning

    def forget(self, document: Document, guidance: Guidance) -> None:
        with self._lock:
            self._beginnings.pop((document, guidance), None)
