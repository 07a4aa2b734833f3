"""Lines of words to text with its looks."""

from __future__ import annotations

from collections.abc import Iterable

from portal.documents.pdf.blocks import Span, Spans
from portal.documents.pdf.layout.lines import Line
from portal.documents.pdf.model import Word


def spans_of(lines: Iterable[Line]) -> Spans:
    """The text of lines, one span for each change of look; a line feed stands between two lines."""
    spans: Spans = []
    pieces: list[str] = []
    last: Word | None = None
    for line in lines:
        gap = "" if last is None else "\n"
        for word in line.words:
            if last is not None and not _alike(last, word):
                spans.append(_span(pieces, last))
                pieces = []
            pieces.append(gap if gap != " " or not word.glued else "")
            pieces.append(word.text)
            last, gap = word, " "
    if last is not None:
        spans.append(_span(pieces, last))
    return spans


def _alike(one: Word, other: Word) -> bool:
    return one.raised == other.raised and one.link == other.link and (one.style is other.style or _same(one, other))


def _same(one: Word, other: Word) -> bool:
    a, b = one.style, other.style
    return (a.bold, a.italic, a.mono) == (b.bold, b.italic, b.mono)


def _span(pieces: list[str], word: Word) -> Span:
    style = word.style
    return Span("".join(pieces), style.bold, style.italic, style.mono, word.raised, word.link)
