"""Where things of a page are for who reads it: turned so that its text is upright, measured from its upper left."""

from __future__ import annotations

import math
from dataclasses import dataclass

from portal.documents.pdf.model import Box

UPRIGHT, UPWARDS, UPSIDE_DOWN, DOWNWARDS = range(4)


@dataclass(frozen=True, slots=True)
class Placing:
    """Turns the coordinates of a PDF (from the lower left, upwards) into those of a reader. `turn` is the direction in
    which most of the page's text runs, as quarters of a turn against the clock."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int = UPRIGHT

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as read, in points."""
        width, height = self.right - self.left, self.top - self.bottom
        return (width, height) if self.turn in {UPRIGHT, UPSIDE_DOWN} else (height, width)

    def point(self, x: float, y: float) -> tuple[float, float]:
        match self.turn:
            case 0:
                return x - self.left, self.top - y
            case 1:
                return y - self.bottom, x - self.left
            case 2:
                return self.right - x, y - self.bottom
            case _:
                return self.top - y, self.right - x

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def turn_of(across: float, along: float) -> int | None:
    """In which direction text runs whose matrix begins with these two numbers; None where it runs askew."""
    angle = math.atan2(along, across) / (math.pi / 2)
    turn = round(angle)
    return turn % 4 if abs(angle - turn) < 0.05 else None
