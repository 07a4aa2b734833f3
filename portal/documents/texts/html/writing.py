"""Well-formed HTML to Markdown, in one pass and without recursion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from portal.documents.texts.html import frames, inline, markup
from portal.documents.texts.html.frames import Frame, Words
from portal.documents.texts.html.inline import BREAK, Line
from portal.documents.writing import blocks

_BLOCKS = (
    *("address", "article", "body", "center", "dd", "details", "div", "dl", "fieldset", "figcaption", "figure"),
    *("footer", "form", "header", "hgroup", "legend", "main", "p", "search", "section", "summary"),
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang)-([\w+#.-]{1,30})")

_Action = Callable[[str], None]
"""What a tag does; given its attributes as they are written."""


def markdown(html: str) -> str:
    """The Markdown of what a parser has written of a page, without its scripts and styles. A tag that isn't closed, or
    closes what isn't open, does no harm. Raises ConversionFailed: a table of too many cells."""
    return _Writer().written(html)


class _Writer:
    def __init__(self) -> None:
        self._line = Line()
        self._frames = [Frame("body")]
        self._heading = 0
        self._language = ""
        self._in_text = dict(self._text_actions())
        self._in_code = dict(self._code_actions())
        self._actions = self._in_text

    def written(self, html: str) -> str:
        line = self._line
        for tag, attributes, text in markup.pieces(html):
            action = self._actions.get(tag)
            if action:
                action(attributes)
            if text and (line.pieces or line.raw or not text.isspace()):
                line.add(text)
        if self._actions is self._in_code:
            self._end_code("")
        while len(self._frames) > 1:
            self._close(self._frames[-1].tag, "")
        self._end_block()
        return self._frames[0].text()

    def _text_actions(self) -> Iterator[tuple[str, _Action]]:
        for tag in _BLOCKS:
            yield from ((tag, self._end_block), (f"/{tag}", self._end_block))
        for tag in inline.TAGS:
            yield from ((tag, partial(self._begin_inline, tag)), (f"/{tag}", partial(self._end_inline, tag)))
        for level, tag in enumerate(_HEADINGS, 1):
            yield from ((tag, partial(self._begin_heading, level)), (f"/{tag}", self._end_heading))
        for tag in frames.TAGS:
            yield from ((tag, partial(self._open, tag)), (f"/{tag}", partial(self._close, tag)))
        yield from (("dt", self._begin_term), ("/dt", self._end_term), ("pre", self._begin_code))
        yield from (("br", self._break), ("hr", self._rule), ("img", self._image), ("input", self._box))
        yield from (("tr", self._begin_row), (markup.ROW, self._row))

    def _code_actions(self) -> Iterator[tuple[str, _Action]]:
        yield from ((tag, self._end_line_of_code) for tag in ("/div", "/li", "/p", "/tr", "br"))
        yield from (("code", self._name_language), ("/pre", self._end_code), (markup.ROW, self._row_of_code))

    def _end_block(self, _: str = "") -> None:
        if self._heading:
            self._line.pieces.append(" ")
        elif self._line.pieces and (text := self._line.taken()):
            self._frames[-1].blocks.append(Words(text))

    def _add_structure(self, block: str) -> None:
        self._frames[-1].blocks.append(block)
        self._frames[-1].has_structure = True

    def _begin_inline(self, tag: str, attributes: str) -> None:
        self._line.start(tag, markup.attribute(attributes, "href") if tag == "a" else "")

    def _end_inline(self, tag: str, _: str) -> None:
        self._line.end(tag)

    def _begin_heading(self, level: int, _: str) -> None:
        self._end_block()
        self._heading = level

    def _end_heading(self, _: str) -> None:
        level, self._heading = self._heading, 0
        if text := self._line.taken().replace("\n", " "):
            self._add_structure(f"{'#' * level} {text}")

    def _begin_term(self, _: str) -> None:
        self._end_block()
        self._line.start("b")

    def _end_term(self, _: str) -> None:
        self._line.end("b")
        self._end_block()

    def _break(self, _: str) -> None:
        self._line.pieces.append(BREAK)

    def _rule(self, _: str) -> None:
        self._end_block()
        self._frames[-1].blocks.append("---")

    def _image(self, attributes: str) -> None:
        words, address = markup.attribute(attributes, "alt"), markup.attribute(attributes, "src")
        self._line.pieces.append(inline.image(words, address))

    def _box(self, attributes: str) -> None:
        if markup.attribute(attributes, "type") == "checkbox" and self._frames[-1].tag == "li":
            self._line.pieces.append("[x] " if " checked=" in attributes else "[ ] ")

    def _begin_code(self, attributes: str) -> None:
        self._end_block()
        self._language = ""
        self._name_language(attributes)
        self._line.raw += 1
        self._actions = self._in_code

    def _name_language(self, attributes: str) -> None:
        if named := _LANGUAGE.search(markup.attribute(attributes, "class")):
            self._language = named[1]

    def _end_line_of_code(self, _: str) -> None:
        self._line.pieces.append("\n")

    def _row_of_code(self, row: str) -> None:
        self._line.add("\t".join(markup.cells(row)))
        self._end_line_of_code("")

    def _end_code(self, _: str) -> None:
        self._actions = self._in_text
        self._line.raw -= 1
        code = self._line.verbatim().strip("\n")
        if code.strip():
            self._add_structure(blocks.fenced(code, self._language))

    def _open(self, tag: str, attributes: str) -> None:
        self._end_block()
        self._frames.append(Frame(tag, attributes))

    def _close(self, tag: str, _: str) -> None:
        self._end_block()
        if self._frames[-1].tag == tag:
            frame = self._frames.pop()
            frame.put_into(self._frames[-1], self._frames[max(len(self._frames) - 2, 0)])

    def _begin_row(self, _: str) -> None:
        self._end_block()
        self._frames[-1].rows.append([])

    def _row(self, row: str) -> None:
        self._frames[-1].add_row(inline.texts(markup.cells(row)))
