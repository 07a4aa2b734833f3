"""Text with looks as Markdown: emphasis, links, marks of footnotes, hyphens at lines' ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from portal.documents.pdf.blocks import Span, Spans
from portal.documents.writing import escaping

HYPHENS = ("-", "\u2010")
BROKEN = re.compile(r"([^\W\d_]+)[-\u2010]\n([^\W\d_]+)")
HYPHENATED = re.compile(r"[-\u2010]\n")
FEWEST_DOTS = 5
LEADERS = re.compile(rf"\s*(?:\.\s?){{{FEWEST_DOTS},}}")
EDGES = re.compile(r"^(\s*)(.*?)(\s*)$", re.DOTALL)


class Inline:
    """Writes the text within blocks. `vocabulary` are the words of the document, in lower case."""

    def __init__(self, vocabulary: frozenset[str]) -> None:
        self._vocabulary = vocabulary

    def paragraph(self, spans: Spans) -> str:
        """A block of its own: what would make a list or a heading of it is escaped at its start."""
        return escaping.line_start(self.text(spans))

    def text(self, spans: Spans, *, plain: bool = False) -> str:
        """One line of Markdown; `plain` leaves bold and italic out."""
        alone = len(spans) == 1
        groups = (list(group) for _, group in groupby(self._unbroken(spans), key=_look))
        text = "".join([_written(group, plain=plain, alone=alone) for group in groups])
        if text.count(".") >= FEWEST_DOTS:
            text = LEADERS.sub(" … ", text)
        return " ".join(text.split())

    def _unbroken(self, spans: Spans) -> Iterator[Span]:
        """Without line feeds. A hyphen and the end of its line may stand in two spans."""
        texts = [span.text for span in spans]
        for number in range(1, len(texts)):
            if texts[number].startswith("\n") and texts[number - 1].endswith(HYPHENS):
                texts[number - 1], texts[number] = self._joined(texts[number - 1], texts[number])
        for span, text in zip(spans, texts, strict=True):
            yield replace(span, text=self._mended(text)) if "\n" in text or text is not span.text else span

    def _joined(self, before: str, after: str) -> tuple[str, str]:
        """Two texts that a hyphen and a line's end part."""
        whole = self._mended(before[-40:] + after[:40])
        kept = before if len(whole) == len(before[-40:]) + len(after[:40]) - 1 else before[:-1]
        return kept, after[1:]

    def _mended(self, text: str) -> str:
        return HYPHENATED.sub("-", BROKEN.sub(self._whole, text)).replace("\n", " ")

    def _whole(self, match: re.Match[str]) -> str:
        """A word that was broken at a line's end. It keeps its hyphen where the document has it so elsewhere, has both
        parts as words of their own, or where what follows is no further part of a word."""
        first, second = match.groups()
        if f"{first}{second}".lower() in self._vocabulary:
            return first + second
        whole = f"{first}-{second}"
        parts = first.lower() in self._vocabulary and second.lower() in self._vocabulary
        return whole if whole.lower() in self._vocabulary or parts or not second[0].islower() else first + second


def _written(spans: list[Span], *, plain: bool, alone: bool) -> str:
    """Spans that look the same."""
    span = spans[0]
    if span.note:
        return f"[^{span.note}]"
    text = "".join(one.text for one in spans)
    before, content, after = EDGES.findall(text)[0]
    if not content:
        return text
    marked = escaping.code(content) if span.mono and not plain else escaping.inline(content, alone=alone)
    marks = "" if plain or span.raised else "*" * (2 * span.bold + span.italic)
    marked = f"{marks}{marked}{marks}"
    return f"{before}{escaping.link(marked, span.link) if span.link else marked}{after}"


def _look(span: Span) -> tuple[object, ...]:
    return (span.bold, span.italic, span.mono, span.link, span.note)
