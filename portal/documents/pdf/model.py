"""What a PDF's pages are made of, as they are read: words, drawn rules, images, links.

All lengths are in points (1/72 inch). `left` and `right` grow to the right, `top`, `base` and `bottom` downwards from
the page's upper edge; `base` is the line that letters stand on.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ASCENT, DESCENT = 0.75, 0.25
"""How far the letters of most typefaces reach above and below the line that they stand on, as parts of their size."""


@dataclass(frozen=True, slots=True)
class Style:
    """How words look. `size` is rounded to a tenth of a point, so that equal styles are equal."""

    size: float
    bold: bool = False
    italic: bool = False
    mono: bool = False


@dataclass(slots=True)
class Word:
    """A run of letters without a space, of one style. `glued` says that no space stands between it and the one
    before."""

    text: str
    left: float
    right: float
    base: float
    style: Style
    glued: bool = False
    raised: bool = False
    link: str | None = None

    @property
    def top(self) -> float:
        return self.base - ASCENT * self.style.size

    @property
    def bottom(self) -> float:
        return self.base + DESCENT * self.style.size


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the page."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Link:
    """The place of a link and the address that it leads to."""

    box: Box
    address: str


@dataclass(slots=True)
class Page:
    """One page as read. `rules` are drawn lines (boxes that are thin in one direction), `fills` shaded areas.

    `pictured` says that what there is to read is an image or drawn; then `recognised` says that its words come from
    there. `missing` says that the page couldn't be loaded.
    """

    number: int
    width: float = 0
    height: float = 0
    words: list[Word] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    fills: list[Box] = field(default_factory=list)
    pictured: bool = False
    recognised: bool = False
    missing: bool = False
