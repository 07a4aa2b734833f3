"""The text of one block, while it is read: emphasis, code, links and images within it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from portal.documents.writing import escaping

BREAK = "\ufdd3"
"""Stands for a line break until the block ends. No text may contain this character (Unicode, 23.7)."""

_KINDS = {
    **dict.fromkeys(("b", "strong"), "**"),
    **dict.fromkeys(("i", "em", "dfn", "var"), "*"),
    **dict.fromkeys(("s", "del", "strike"), "~~"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
    **{tag: tag for tag in ("a", "q", "sub", "sup")},
}
TAGS = frozenset(_KINDS)
"""Those that `Line` knows. All others within a line mean nothing for Markdown."""

_SPACE = re.compile(r"[ \t\n\r\f]+")
_SCRIPT = re.compile(r"[\w+\-−]{1,8}")
_LINE_START = frozenset("#-+*>=|0123456789")


@dataclass(slots=True)
class _Open:
    """An element that has begun: at which piece of the line, and where a link leads."""

    tag: str
    kind: str
    place: int
    address: str


@dataclass(slots=True)
class Line:
    """Collects what stands between the beginning and the end of a block. Elements may go over several blocks."""

    pieces: list[str] = field(default_factory=list)
    raw: int = 0
    """How many elements are open in which text is kept as it is."""
    _open: list[_Open] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Text as it stands in HTML."""
        if escaping.is_special(text):
            text = unescape(text) if self.raw else _escaped(text)
        self.pieces.append(text)

    def start(self, tag: str, address: str = "") -> None:
        """An element of TAGS begins. `address` is where a link leads."""
        if not self.raw:
            kind = _KINDS[tag]
            self._open.append(_Open(tag, kind, len(self.pieces), address))
            self.raw += kind == "code"

    def end(self, tag: str) -> None:
        """An element ends; without one that has begun, nothing does."""
        if not self._open or self._open[-1].tag != tag:
            return
        opened = self._open.pop()
        self.raw -= opened.kind == "code"
        self._write(opened, self._open)

    def taken(self) -> str:
        """The lines so far, as Markdown, each line trimmed; elements that are still open begin anew."""
        if not self.pieces:
            return ""
        for index, opened in reversed(list(enumerate(self._open))):
            self._write(opened, self._open[:index])
            opened.place = 0
        text = "".join(self.pieces)
        self.pieces.clear()
        return "\n".join(map(_trimmed, text.split(BREAK))).strip("\n") if BREAK in text else _trimmed(text)

    def verbatim(self) -> str:
        """The same, where each space counts."""
        text = "".join(self.pieces).replace(BREAK, "\n")
        self.pieces.clear()
        return text

    def _write(self, opened: _Open, outside: list[_Open]) -> None:
        text = "".join(self.pieces[opened.place :])
        if text and not text.isspace() and not any(other.kind == opened.kind for other in outside):
            self.pieces[opened.place :] = [_marked(text, opened)]


def texts(html: list[str]) -> list[str]:
    """Texts as they stand in HTML, between its tags, as Markdown."""
    if escaping.is_special("\n".join(html)):
        html = [_escaped(text) for text in html]
    return list(map(_trimmed, html))


def paragraph(text: str) -> str:
    """Trimmed lines as a paragraph: none is taken for a heading or a list, and an empty line begins a new one."""
    if text[:1] in _LINE_START:
        text = escaping.line_start(text)
    if "\n" not in text:
        return text
    paragraphs = (part.strip("\n") for part in text.split("\n\n"))
    return "\n\n".join(escaping.line_start(part).replace("\n", "\\\n") for part in paragraphs if part)


def image(words: str, address: str) -> str:
    """An image, if anything is said of it."""
    words = _trimmed(words)
    return f"![{escaping.inline(words)}]({escaping.address(address)})" if words else ""


def _escaped(text: str) -> str:
    return escaping.inline(unescape(text) if "&" in text else text, alone=False)


def _marked(text: str, opened: _Open) -> str:
    inner = text.strip()
    if inner == text:
        return _between_marks(text, opened)
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return before + _between_marks(inner, opened) + after


def _between_marks(text: str, opened: _Open) -> str:
    match opened.kind:
        case "code":
            return escaping.code(_trimmed(text))
        case "a":
            return text if opened.address.startswith("#") else escaping.link(text, opened.address)
        case "q":
            return f"“{text}”"
        case "sub" | "sup":
            return f"<{opened.kind}>{text}</{opened.kind}>" if _SCRIPT.fullmatch(text) else text
        case mark:
            return mark + text + mark


def _trimmed(text: str) -> str:
    if "\n" in text or "  " in text or "\t" in text or "\r" in text:  # looked for first, which takes less time
        text = _SPACE.sub(" ", text)
    return text.strip()
