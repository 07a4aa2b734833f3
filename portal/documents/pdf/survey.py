"""What the pages of a document turned out to be, and what people are told of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from portal.documents import failures
from portal.documents.failures import ConversionFailed, Failure
from portal.documents.methods import Method
from portal.documents.pdf.checks import Checked
from portal.documents.pdf.model import Page

MOST_LOST = 0.5
"""The part of its pages that a damaged document may lack."""


@dataclass(slots=True)
class Survey:
    """Numbers of pages by what they are. `pictured` have nothing but images or drawings, `recognised` had, until their
    text was recognised; `missing` couldn't be loaded; `letters` counts those of all words."""

    written: list[int] = field(default_factory=list)
    pictured: list[int] = field(default_factory=list)
    recognised: list[int] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    letters: int = 0

    def of(self, pages: Iterable[Page]) -> Iterator[Page]:
        """The pages, each noted as it passes."""
        for page in pages:
            self._kind(page).append(page.number)
            self.letters += sum(len(word.text) for word in page.words)
            yield page

    def _kind(self, page: Page) -> list[int]:
        if page.missing:
            return self.missing
        if page.recognised:
            return self.recognised
        if page.pictured:
            return self.pictured
        return self.written if page.words else self.blank

    def refuse(self, method: Method, checked: Checked) -> None:
        """Raises ConversionFailed where there is no text, or hardly any of what there must have been."""
        failure = self._failure(method, checked)
        if failure:
            raise ConversionFailed(failure, repr(self))

    def _failure(self, method: Method, checked: Checked) -> Failure | None:
        pages = len([*self.written, *self.pictured, *self.recognised, *self.blank, *self.missing])
        if len(self._lost(checked)) > MOST_LOST * pages:
            return failures.PDF_UNREADABLE
        if self.letters:
            return None
        if self.pictured or self.recognised:
            return failures.SCANNED if method is Method.SPEED else failures.NO_TEXT_RECOGNISED
        return failures.EMPTY

    def _lost(self, checked: Checked) -> set[int]:
        """Pages of which it is likely that something is gone."""
        return {*self.missing, *checked.broken, *(self.blank if checked.damaged else [])}

    def notes(self, method: Method, checked: Checked) -> list[str]:
        """Sentences for people."""
        return list(self._notes(method, checked))

    def _notes(self, method: Method, checked: Checked) -> Iterator[str]:
        if self.recognised:
            yield f"The text of {_pages(self.recognised)} was recognised in images and may have mistakes."
        if self.pictured and method is Method.SPEED:
            yield (
                f"Text in the images of {_pages(self.pictured)} is missing. "
                "The method accuracy-optimized recognises text in images."
            )
        elif self.pictured:
            yield f"No text could be recognised in the images of {_pages(self.pictured)}."
        lost = sorted(self._lost(checked))
        if lost:
            yield f"The file is damaged: text of {_pages(lost)} is missing or incomplete."
        elif checked.damaged:
            yield "The file is damaged. All that could still be read was converted: compare it with the original."


def _pages(numbers: Sequence[int]) -> str:
    """*page 3*, *pages 1–4 and 7*."""
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), key=lambda one: one[1] - one[0])]
    parts = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    listed = " and ".join(", ".join(parts).rsplit(", ", 1))
    return f"page {listed}" if len(numbers) == 1 else f"pages {listed}"
