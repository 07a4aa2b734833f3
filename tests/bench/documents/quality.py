"""How much a Markdown text is like the one that is known to be right: reading order, tables, headings, each 0 to 1.

The measures are those of opendataloader-bench (NID, TEDS, MHS), with two differences: where Markdown has two marks for
the same thing, either is right, and a heading of the wrong level counts as half lost, where theirs ignores levels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from typing import Any, TypeVar

from lxml import html
from markdown_it import MarkdownIt
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

WRONG_LEVEL = 0.5
"""What a heading of the wrong level costs, as a part of what a lost one does."""

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
FOOTNOTE = re.compile(r"^\[\^[^\]\n]+\]:.*(?:\n(?:[ \t]+\S.*))*$", re.MULTILINE)
BULLET = re.compile(r"(?:(?<=\s)|^)[*+] ")
TABLE_FRAME = re.compile(r"\n|</?thead>|</?tbody>| style=\"[^\"]*\"")

T = TypeVar("T")


@dataclass(frozen=True)
class Quality:
    """`tables` and `headings` are None where the known text has none."""

    order: float
    tables: float | None
    headings: float | None

    @property
    def mean(self) -> float:
        """The mean of those that apply."""
        return fmean(part for part in (self.order, self.tables, self.headings) if part is not None)


@dataclass(frozen=True)
class Node:
    """A table, a row with its cells, a heading or the text below it."""

    name: str
    text: str = ""
    cells: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many nodes it is in a tree."""
        return 1 + len(self.cells)


def quality(known: str, actual: str) -> Quality:
    """Compare `actual` with `known`, both Markdown."""
    expected, got = _Page(known), _Page(actual)
    return Quality(
        fuzz.ratio(expected.source, got.source) / 100,
        _similarity(list(_tables(expected.shown)), list(_tables(got.shown))),
        _similarity(_sections(expected.shown), _sections(got.shown)),
    )


def mean(qualities: Sequence[Quality]) -> Quality:
    """The means of each measure, over those documents that it applies to."""
    tables = [one.tables for one in qualities if one.tables is not None]
    headings = [one.headings for one in qualities if one.headings is not None]
    return Quality(
        fmean(one.order for one in qualities), fmean(tables) if tables else None, fmean(headings) if headings else None
    )


class _Page:
    """A Markdown text, `shown` as HTML, and its `source` in which white space and the widths of tables don't matter."""

    def __init__(self, markdown: str) -> None:
        self._text = _with_notes_last(markdown)
        self._parser = MarkdownIt("commonmark", {"html": True}).enable("table")
        self._tokens = self._parser.parse(self._text)
        rendered = self._parser.renderer.render(self._tokens, self._parser.options, {})
        self.shown = html.fromstring(f"<html><body>{rendered}</body></html>").find("body")
        self.source = " ".join(BULLET.sub("- ", " ".join(self._lines())).split())

    def _lines(self) -> Iterator[str]:
        """The text's lines, with tables as the lines of HTML that they become."""
        lines, done = self._text.splitlines(), 0
        for first, token in enumerate(self._tokens):
            if token.type == "table_open" and token.map:
                yield from lines[done : token.map[0]]
                last = next(n for n in range(first, len(self._tokens)) if self._tokens[n].type == "table_close")
                rendered = self._parser.renderer.render(self._tokens[first : last + 1], self._parser.options, {})
                yield TABLE_FRAME.sub("", rendered)
                done = token.map[1]
        yield from lines[done:]


def _with_notes_last(markdown: str) -> str:
    """Where a footnote stands doesn't matter in Markdown."""
    return "\n\n".join([FOOTNOTE.sub("", markdown), *FOOTNOTE.findall(markdown)])


def _shown(element: Any) -> str:
    return " ".join(element.text_content().split())


def _tables(page: Any) -> Iterator[Node]:
    for table in page.iter("table"):
        yield Node("table")
        for row in table.iter("tr"):
            yield Node("row", cells=tuple(_shown(cell) for cell in row.iter("td", "th")))


def _sections(page: Any) -> list[Node]:
    """Headings in order, each followed by the text below it; tables are left to their own measure."""
    nodes, texts = list[Node](), list[str]()
    for block in _blocks(page):
        if block.tag in HEADINGS:
            nodes += [*_text(texts), Node(block.tag, _shown(block))]
            texts = []
        elif block.tag != "table":
            texts.append(_shown(block))
    nodes += _text(texts)
    # Text alone is no hierarchy: without a heading there is nothing to compare.
    return nodes if any(node.name in HEADINGS for node in nodes) else []


def _blocks(element: Any) -> Iterator[Any]:
    for child in element:
        if child.tag in ("div", "section", "article", "main"):
            yield from _blocks(child)
        elif isinstance(child.tag, str):
            yield child


def _text(texts: list[str]) -> list[Node]:
    text = " ".join(texts).strip()
    return [Node("text", text)] if text else []


def _similarity(expected: list[Node], got: list[Node]) -> float | None:
    """1 less the edit distance as a part of the larger side. The trees of these measures are so flat that the distance
    of their nodes in order is that of the trees, at a fraction of the time."""
    if not expected:
        return None
    if not got:
        return 0.0
    larger = max(sum(node.size for node in side) for side in (expected, got))
    return max(0.0, 1 - _distance(expected, got, lambda node: node.size, _exchanged) / larger)


def _distance(
    expected: Sequence[T], got: Sequence[T], size: Callable[[T], float], exchange: Callable[[T, T], float]
) -> float:
    """The least cost of making `got` of `expected`, by leaving out, putting in (both at `size`) and exchanging."""
    above = [0.0]
    for there in got:
        above.append(above[-1] + size(there))
    for here in expected:
        row = [above[0] + size(here)]
        for column, there in enumerate(got):
            row.append(
                min(above[column + 1] + size(here), row[column] + size(there), above[column] + exchange(here, there))
            )
        above = row
    return above[-1]


@lru_cache(maxsize=100_000)
def _exchanged(expected: Node, got: Node) -> float:
    if expected == got:
        return 0.0
    if expected.name == got.name == "row":
        return _distance(expected.cells, got.cells, lambda _cell: 1.0, Levenshtein.normalized_distance)
    differ = Levenshtein.normalized_distance(expected.text, got.text)
    if expected.name == got.name:
        return differ
    both_headings = expected.name in HEADINGS and got.name in HEADINGS
    return max(differ, WRONG_LEVEL) if both_headings else float(expected.size + got.size)
