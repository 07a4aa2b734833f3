"""Tables for a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from itertools import zip_longest

GAP = "  "
NARROWEST = 12
"""Of a column that must give way, in characters."""

CUT = "…"


def table(headers: Sequence[str], rows: Sequence[Sequence[object]], width: int | None = None) -> str:
    """`rows` below their `headers` in aligned columns: numbers to the right and with thousands separators, None blank.

    Where that is wider than `width` characters (by default the terminal's; no limit where there is none), the widest
    columns are cut. Line breaks and other control characters in cells are shown as blanks.
    """
    cells = [list(map(_text, row)) for row in rows]
    columns = list(zip_longest(headers, *cells, fillvalue=""))
    widths = _fitted([max(map(len, column)) for column in columns], width or _terminal_width())
    right = [all(isinstance(row[place], (int, float)) for row in rows) for place in range(len(headers))]
    return "\n".join(_line(line, widths, right) for line in [list(headers), *cells])


def pages_text(meta: Mapping[str, int]) -> str:
    """Where a list goes on, on a line of its own; nothing where it is whole."""
    if meta["pages"] == 1:
        return ""
    return f"\nPage {meta['page']:,} of {meta['pages']:,} ({meta['total']:,} in all)."


def printable(text: str) -> str:
    """The same on one line, without what could steer a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return printable(str(value))


def _fitted(widths: list[int], width: int) -> list[int]:
    """Take from the widest column, again and again, until all fit or none can give more."""
    widths = list(widths)
    while width and sum(widths) + len(GAP) * (len(widths) - 1) > width and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    return GAP.join(
        cell.rjust(width) if to_right else _cut(cell, width).ljust(width)
        for cell, width, to_right in zip(cells, widths, right, strict=True)
    ).rstrip()


def _cut(cell: str, width: int) -> str:
    return cell if len(cell) <= width else cell[: width - 1] + CUT


def _terminal_width() -> int:
    """0 where standard output is no terminal: what programs read is never cut."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
