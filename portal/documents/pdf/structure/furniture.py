"""Running heads, running feet and page numbers: what returns at the edge of page after page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from portal.documents.pdf.layout.lines import Line, rows_of

EDGE_ROWS = 3
"""How many rows at the top and at the bottom of a page may be furniture."""
EDGE = 0.16
"""The part of a page's height, at either end, in which furniture stands."""
ALONE = 1.0
"""Times the letters' size between a page's number and its text."""
SHIFT = 4.0
"""Points by which the same head may stand higher or lower on another page."""
DIGITS = re.compile(r"\d+")
NUMBER = re.compile(
    r"^[\s\-–—.|\[(]*(?:(?:page|p\.|pg\.?|seite|página|pagina|blad|стр\.?|s\.)\s*)?"
    r"(?:(?:[A-Z]|\d{1,2})[-–]\d{1,3}|\d{1,4}|[ivxlc]{1,6})(?:\s*(?:/|of|von|de|sur|di|av|van)\s*\d{1,4})?[\s\-–—.|\])]*$",
    re.IGNORECASE,
)

Place = tuple[str, int]
Rows = list[list[Line]]


def without_furniture(pages: Sequence[tuple[float, list[Line]]]) -> list[list[Line]]:
    """The pieces of each page without furniture. A page is its height in points and its pieces; they follow each
    other, and returns are looked for among them."""
    edges = [_edge_rows(height, lines) for height, lines in pages]
    seen = Counter(place for page in edges for place in _places(page))
    numbers = _numbered(edges) | {
        id(row) for (height, _), rows in zip(pages, edges, strict=True) for row in _lone(rows, height)
    }
    return [
        _without(lines, _furniture(page, len(lines), seen, numbers, len(pages)))
        for (_, lines), page in zip(pages, edges, strict=True)
    ]


def _furniture(rows: Rows, pieces: int, seen: Counter[Place], numbers: set[int], pages: int) -> Rows:
    """The rows at a page's edges that are furniture. Where a page has nothing else, pages are alike, not furnished."""
    found = [row for row in rows if _returns(row, seen, pages) or id(row) in numbers]
    everything = len(found) >= EDGE_ROWS and sum(map(len, found)) == pieces
    return [row for row in found if id(row) in numbers] if everything else found


def _edge_rows(height: float, lines: list[Line]) -> Rows:
    """Rows near the upper and the lower edge, outermost first."""
    near = [line for line in lines if line.base < EDGE * height or line.base > (1 - EDGE) * height]
    rows = rows_of(near)
    upper = [row for row in rows if row[0].base < EDGE * height][:EDGE_ROWS]
    lower = [row for row in rows if row[0].base > (1 - EDGE) * height][-EDGE_ROWS:]
    return upper + lower[::-1]


def _places(rows: Iterable[list[Line]]) -> set[Place]:
    """What stands where, with all numbers alike; heights are rounded in two ways, so that near ones meet."""
    return {place for row in rows for piece in row for place in _keys(piece)}


def _keys(piece: Line) -> tuple[Place, Place]:
    text = DIGITS.sub("#", piece.text)
    return (text, int(piece.base // SHIFT) * 2), (text, int((piece.base + SHIFT / 2) // SHIFT) * 2 + 1)


def _returns(row: list[Line], seen: Counter[Place], pages: int) -> bool:
    """Whether a row stands on several pages; each of its pieces must, a page number excepted."""
    least = 2 if pages < 6 else 3
    repeated = [max(seen[key] for key in _keys(piece)) >= least for piece in row]
    return any(repeated) and all(again or NUMBER.match(piece.text) for again, piece in zip(repeated, row, strict=True))


def _numbered(pages: list[Rows]) -> set[int]:
    """Rows that are nothing but a number which counts with the pages."""
    found: dict[int, list[int]] = {}
    for number, rows in enumerate(pages):
        for row in rows:
            if len(row) == 1 and NUMBER.match(row[0].text):
                digits = DIGITS.search(row[0].text)
                found.setdefault(int(digits.group()) - number if digits else -1, []).append(id(row))
    return {row for rows in found.values() if len(rows) > 1 for row in rows}


def _lone(rows: Rows, height: float) -> Rows:
    """The lowest row of a page, where it is a number at the foot, apart from the text above."""
    lowest, *above = sorted(rows, key=lambda row: -row[0].base) or [[]]
    if len(lowest) != 1 or not NUMBER.match(lowest[0].text):
        return []
    far = not above or lowest[0].top - above[0][0].bottom > ALONE * lowest[0].size
    return [lowest] if far and lowest[0].base > (1 - EDGE) * height else []


def _without(lines: list[Line], rows: Rows) -> list[Line]:
    dropped = {id(piece) for row in rows for piece in row}
    return [line for line in lines if id(line) not in dropped] if dropped else lines
