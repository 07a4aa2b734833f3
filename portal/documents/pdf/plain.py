"""Pages as text alone, in the order of the file: for those whose layout can't be understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from portal.documents.pdf.layout.lines import line_of, runs_of
from portal.documents.pdf.model import Page
from portal.documents.writing import escaping


def plain(pages: Iterable[Page]) -> str:
    """A paragraph for each page."""
    return "\n\n".join(escaping.block(text) for text in _texts(pages)) + "\n"


def _texts(pages: Iterable[Page]) -> Iterator[str]:
    for page in pages:
        if page.words:
            yield "\n".join(line_of(run).text for run in runs_of(page.words))
