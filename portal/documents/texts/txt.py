"""Plain text: paragraphs and what looks like a list stay, and nothing is taken for Markdown that isn't meant so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portal.documents.converting import Markdown, Source
from portal.documents.texts.decoding import text_of
from portal.documents.writing import escaping

_ITEM = re.compile(r"(?P<gap>[ \t]*)(?:(?P<bullet>[-*+•‣◦▪–])|(?P<number>\d{1,3})[.)])[ \t]+(?P<text>\S.*)")
_SPACE = re.compile(r"\n[ \t\f\v]*\n\s*\n*|\f")


def convert(source: Source) -> Markdown:
    """Paragraphs with their lines, and lists. Raises ConversionFailed."""
    text = text_of(source.path).replace("\r\n", "\n").replace("\r", "\n")
    return Markdown("\n\n".join(_paragraph(lines) for lines in _paragraphs(text)))


def _paragraphs(text: str) -> Iterator[list[str]]:
    for paragraph in _SPACE.split(text):
        lines = [line.rstrip() for line in paragraph.split("\n") if line.strip()]
        if lines:
            yield lines


def _paragraph(lines: list[str]) -> str:
    items = [_ITEM.fullmatch(line) for line in lines]
    return "\n".join(_list(lines, items) if items[0] else _lines(lines, items))


def _list(lines: list[str], items: list[re.Match[str] | None]) -> Iterator[str]:
    levels: list[int] = []
    for line, item in zip(lines, items, strict=True):
        if item is None:
            yield "  " * len(levels) + escaping.block(line.strip())  # goes on with the item above
            continue
        gap = len(item["gap"].expandtabs(4))
        levels = [level for level in levels if level < gap] + [gap]
        mark = "-" if item["bullet"] else f"{item['number']}."
        yield f"{'   ' * (len(levels) - 1)}{mark} {escaping.block(item['text'])}"


def _lines(lines: list[str], items: list[re.Match[str] | None]) -> Iterator[str]:
    for number, (line, item) in enumerate(zip(lines, items, strict=True)):
        if item and all(items[number:]):  # a list right under the line that introduces it
            yield from ["", *_list(lines[number:], items[number:])]
            return
        yield escaping.block(line.strip())
