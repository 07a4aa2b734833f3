"""The tags of HTML that a parser has written, and the text between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_CELL = r"<t[dh]>([^<]*)</t[dh]>"
_PIECES = re.compile(
    rf"""<(?: tr>((?:\s*{_CELL.replace("(", "(?:")})++)\s*</tr  # a row of cells that have nothing but text
    | !--.*?--
    | (/?[^\s>]+) ((?:[ ][^\s=>]+="[^"]*")*+ | [^>]*)
    )>([^<]*)""",
    re.DOTALL | re.VERBOSE,
)
_CELLS = re.compile(_CELL)
ROW = "row"
"""The name under which a row of cells comes that have nothing but text: one of them instead of many tags."""


def pieces(html: str) -> Iterator[tuple[str, str, str]]:
    """Each tag of HTML that is well-formed, its attributes as they are written, and the text between it and the next
    one. The tag that ends an element has a slash before its name. Comments have no name; for a ROW, its cells stand in
    the place of the attributes."""
    for row, tag, attributes, text in _PIECES.findall(html):
        yield (ROW, row, text) if row else (tag, attributes, text)


def cells(row: str) -> list[str]:
    """The texts of a ROW's cells, as they stand in HTML."""
    return _CELLS.findall(row)


def attribute(attributes: str, name: str) -> str:
    """The value of an attribute; empty where there is none."""
    found = re.search(rf' {name}="([^"]*)"', attributes) if attributes else None
    return unescape(found[1]) if found else ""


def number(attributes: str, name: str, most: int = 1000) -> int:
    """The number that an attribute has, from 1 to `most`; 1 where it has none."""
    value = attribute(attributes, name)
    return min(max(int(value), 1), most) if value.isdecimal() and len(value) < 10 else 1
