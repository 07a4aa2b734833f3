"""Pages that parsers would need hours for: elements within elements, thousands deep, and tags of a million words."""

from __future__ import annotations

import re
from collections.abc import Callable

DEEPEST = 256
"""Elements within elements; browsers allow 512."""

_MOST_ATTRIBUTES = 500
"""Words within a tag. Parsers compare each attribute's name with all before it."""
_CROWDED_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{2 * _MOST_ATTRIBUTES},}}")
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)([^<>]*)>")
_ENDLESS = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
        *("p", "li", "dt", "dd", "tr", "td", "th", "option", "thead", "tbody", "tfoot", "colgroup"),
    )
)
"""Tags that may have no end (HTML, 13.1.2)."""
_SINGLE = ("<br", "<hr", "<img", "<input", "<meta", "<link", "<wbr", "<!")
_SLICE = 1024
"""Characters, too few to hold `DEEPEST` elements beside each other."""


def flattened(html: str) -> str:
    """Without the tags that are deeper than `DEEPEST`, and without the attributes of a tag that has too many; the text
    stays. Parsers take time that grows with the square of either."""
    return html if not _CROWDED_TAG.search(html) and _is_flat(html) else _TAG.sub(_shallow(), html)


def _is_flat(html: str) -> bool:
    """Looks for tags without an end only where it depends on them, which takes twice the time."""
    return _greatest_depth(html, ()) < DEEPEST or _greatest_depth(html, _SINGLE) < DEEPEST


def _shallow() -> Callable[[re.Match[str]], str]:
    """What becomes of each tag of a page, from the first one on."""
    depth = 0

    def shallow(tag: re.Match[str]) -> str:
        nonlocal depth
        name = tag[2].lower()
        if len(tag[3]) > _MOST_ATTRIBUTES and len(tag[3].split()) > _MOST_ATTRIBUTES:
            return f"<{tag[1]}{tag[2]}>"
        if name in _ENDLESS or tag[3].endswith("/"):
            return tag[0] if depth <= DEEPEST else " "
        depth += -1 if tag[1] else 1
        depth = max(depth, 0)
        return tag[0] if depth < DEEPEST or (tag[1] and depth < DEEPEST) else " "

    return shallow


def _greatest_depth(html: str, singles: tuple[str, ...]) -> int:
    """No less than the depth of any element: how many more begin than end, up to there."""
    depth = greatest = 0
    singles = tuple(tag for tag in singles if tag in html)
    for start in range(0, len(html), _SLICE):
        piece = html[start : start + _SLICE]
        closed = piece.count("</")
        opened = piece.count("<") - closed - sum(map(piece.count, singles))
        greatest = max(greatest, depth + opened)
        depth = max(0, depth + opened - closed)
    return greatest
