"""The parts in which a document is parsed: whole lines, few enough to be quick, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

PART = 12_000
"""Characters that are parsed at once: parsing can't be interrupted, and what it holds goes with the part."""

_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(?:[^\n]*\n){0,500}?(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_KEY = re.compile(r"^[\w-]+[ \t]*:", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})(?P<rest>[^\r\n]*)", re.MULTILINE)
_HEADING = re.compile(r"(?:\r\n?|\n)(?=#{1,6}[ \t])")
_GAP = re.compile(r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n)(?=[^\s|:~+*>\d-])")
_LINE_END = re.compile(r"\r\n?|\n")
_RULE = re.compile(r"[ \t]*\|[ \t|:-]*-[ \t|:-]*")


@dataclass(frozen=True)
class Part:
    """Lines of a document: their text without line ends, and the ranges of the document where it stands. The first
    `repeated` of them are the head of a table that began in an earlier part."""

    lines: list[str]
    starts: list[int]
    ends: list[int]
    repeated: int = 0

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def content_start(text: str) -> int:
    """Where the content begins: after a byte order mark and the YAML that some programs write on top."""
    found = _FRONT_MATTER.match(text)
    if found and _KEY.search(text, 0, found.end()):
        return found.end()
    return int(text.startswith("\ufeff"))


def parts_of(text: str) -> Iterator[Part]:
    """The document in parts, which end before headings, else between blocks, else between lines. Lines and blocks of
    code that are longer than a part are left out: they can't become answers."""
    start = content_start(text)
    head: list[str] = []
    while start < len(text):
        end, following = _end(text, start)
        if end > start:
            part = _part(text, start, end, head)
            head = _open_table(part)
            yield part
        start = following


def _end(text: str, start: int) -> tuple[int, int]:
    """Where a part that starts there ends, and where the next begins: further on, if something is left out."""
    limit = start + PART
    if limit >= len(text):
        return len(text), len(text)
    end = _border(text, start, limit)
    if end == start:
        following = _after_line(text, limit)
        return start, following
    opened = _open_fence(text, start, end)
    if opened is None:
        return end, end
    return (opened.start(), opened.start()) if opened.start() > start else (start, _after_fence(text, opened))


def _border(text: str, start: int, limit: int) -> int:
    """The last good place to end before the limit, in the second half if there is one."""
    for border in (_HEADING, _GAP, _LINE_END):
        ends = [found.end() for found in border.finditer(text, start + PART // 2, limit)]
        if ends:
            return ends[-1]
    ends = [found.end() for found in _LINE_END.finditer(text, start, limit)]
    return ends[-1] if ends else start


def _after_line(text: str, position: int) -> int:
    found = _LINE_END.search(text, position)
    return found.end() if found else len(text)


def _open_fence(text: str, start: int, end: int) -> re.Match[str] | None:
    """The line that begins the block of code in whose middle `end` is."""
    opened = None
    for fence in _FENCE.finditer(text, start, end):
        if opened is None:
            opened = fence
        elif _closes(fence, opened):
            opened = None
    return opened


def _after_fence(text: str, opened: re.Match[str]) -> int:
    for fence in _FENCE.finditer(text, opened.end()):
        if _closes(fence, opened):
            return _after_line(text, fence.end())
    return len(text)


def _closes(fence: re.Match[str], opened: re.Match[str]) -> bool:
    return fence["mark"].startswith(opened["mark"]) and not fence["rest"].strip()


def _part(text: str, start: int, end: int, head: list[str]) -> Part:
    lines, starts = _lines(text[start:end], start)
    ends = [at + len(line) for at, line in zip(starts, lines, strict=True)]
    if not head or not lines[0].lstrip().startswith("|"):
        return Part(lines, starts, ends)
    return Part([*head, *lines], [start, start, *starts], [start, start, *ends], repeated=len(head))


def _lines(text: str, start: int) -> tuple[list[str], list[int]]:
    if "\r" not in text:
        lines = text.split("\n")
        return lines, list(accumulate((len(line) + 1 for line in lines[:-1]), initial=start))
    ends = list(_LINE_END.finditer(text))
    starts = [0, *(found.end() for found in ends)]
    stops = [*(found.start() for found in ends), len(text)]
    return [text[a:b] for a, b in zip(starts, stops, strict=True)], [start + at for at in starts]


def _open_table(part: Part) -> list[str]:
    """The two lines with which the table begins that the last line of a part belongs to."""
    at = len(part.lines) - 1
    while at >= 0 and not part.lines[at]:
        at -= 1
    if len(part.lines) - at > 2:  # an empty line after it: the table has ended
        return []
    while at > 0 and part.lines[at].lstrip().startswith("|"):
        if _RULE.fullmatch(part.lines[at]):
            return part.lines[at - 1 : at + 1]
        at -= 1
    return []
