"""Drawn lines to grids: which lines meet, and which cells have no line between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from portal.documents.pdf.model import Box

MEETING = 3.0
"""Points by which lines that meet may miss each other."""
SAME = 2.5
"""Points by which lines of one edge may be apart."""
MOST_LINES = 1_500
"""On a page. More belong to plots and drawings."""
LARGEST_FILL = 0.6
"""The part of the page that a shaded cell may take; larger ones are backgrounds."""
LOWEST_FILL = 5.0
"""Points. Lower ones underline."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A line along one axis: `at` on the other one, `start` to `end` on its own."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Grid:
    """The lines of a table. `xs` and `ys` are the places of its columns' and rows' ends; `anchors` says for each cell
    which is the first of those that it is joined with."""

    xs: list[float]
    ys: list[float]
    anchors: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    @property
    def box(self) -> Box:
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    @property
    def cells(self) -> int:
        """How many there are, joined ones counted once."""
        return len(set(self.anchors.values()))

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        return self.anchors[row, column]


def grids_of(rules: Sequence[Box], fills: Sequence[Box], area: float) -> list[Grid]:
    """The grids that lines and the edges of shaded areas form, largest first. `area` is the page's, in square
    points."""
    flat, upright = edges_of(rules, fills, area)
    if not flat or not upright or len(flat) + len(upright) > MOST_LINES:
        return []
    grids = [_grid(*group) for group in _groups(flat, upright)]
    return sorted((grid for grid in grids if grid), key=lambda grid: -grid.box.width * grid.box.height)


def edges_of(rules: Sequence[Box], fills: Sequence[Box], area: float) -> tuple[list[Edge], list[Edge]]:
    """Horizontal and vertical edges, those on one line and close to each other made one."""
    cells = [box for box in fills if box.height > LOWEST_FILL and box.width * box.height < LARGEST_FILL * area]
    flat = [Edge((rule.top + rule.bottom) / 2, rule.left, rule.right) for rule in rules if rule.width >= rule.height]
    upright = [Edge((rule.left + rule.right) / 2, rule.top, rule.bottom) for rule in rules if rule.height > rule.width]
    for box in cells if len(cells) > 1 or rules else []:
        flat += [Edge(box.top, box.left, box.right), Edge(box.bottom, box.left, box.right)]
        upright += [Edge(box.left, box.top, box.bottom), Edge(box.right, box.top, box.bottom)]
    return _connected(flat), _connected(upright)


def _connected(edges: list[Edge]) -> list[Edge]:
    merged: list[Edge] = []
    for edge in sorted(edges, key=lambda edge: (round(edge.at / SAME), edge.start)):
        last = merged[-1] if merged else None
        if last and abs(last.at - edge.at) <= SAME and edge.start <= last.end + MEETING:
            merged[-1] = Edge(last.at, last.start, max(last.end, edge.end))
        else:
            merged.append(edge)
    return merged


def _groups(flat: list[Edge], upright: list[Edge]) -> Iterable[tuple[list[Edge], list[Edge]]]:
    """Lines that meet, directly or through others."""
    parents = list(range(len(flat) + len(upright)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    for one, level in enumerate(flat):
        for other, post in enumerate(upright, start=len(flat)):
            if _meet(level, post):
                parents[root(one)] = root(other)
    groups: dict[int, tuple[list[Edge], list[Edge]]] = {}
    for number, edge in enumerate([*flat, *upright]):
        group = groups.setdefault(root(number), ([], []))
        group[number >= len(flat)].append(edge)
    return groups.values()


def _meet(level: Edge, post: Edge) -> bool:
    return (
        level.start - MEETING <= post.at <= level.end + MEETING
        and post.start - MEETING <= level.at <= post.end + MEETING
    )


def _grid(flat: list[Edge], upright: list[Edge]) -> Grid | None:
    if len(flat) < 2 or not upright:
        return None
    inner = _places([edge.at for edge in upright])
    xs = _places([*inner, min(edge.start for edge in flat), max(edge.end for edge in flat)])
    ys = _places([*(edge.at for edge in flat), min(e.start for e in upright), max(e.end for e in upright)])
    if len(xs) < 3 or len(ys) < 2:
        return None
    grid = Grid(xs, ys)
    _join_cells(grid, flat, upright)
    return grid if grid.cells > 1 else None


def _places(places: list[float]) -> list[float]:
    """Places, those that are close to each other made one."""
    kept: list[float] = []
    for place in sorted(places):
        if not kept or place - kept[-1] > SAME:
            kept.append(place)
    return kept


def _join_cells(grid: Grid, flat: list[Edge], upright: list[Edge]) -> None:
    """Give each cell its anchor: the one to the left or above where no line is between them."""
    for row, (top, bottom) in enumerate(pairwise(grid.ys)):
        for column, (left, right) in enumerate(pairwise(grid.xs)):
            anchor = (row, column)
            if column and not _drawn(upright, left, (top + bottom) / 2):
                anchor = grid.anchors[row, column - 1]
            elif row and not _drawn(flat, top, (left + right) / 2):
                anchor = grid.anchors[row - 1, column]
            grid.anchors[row, column] = anchor


def _drawn(edges: list[Edge], at: float, place: float) -> bool:
    return any(abs(edge.at - at) <= SAME and edge.start - MEETING <= place <= edge.end + MEETING for edge in edges)
