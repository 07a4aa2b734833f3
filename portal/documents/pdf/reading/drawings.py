"""What is drawn on a page: straight lines, shaded areas, images."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from ctypes import byref
from dataclasses import dataclass, field
from itertools import chain, islice

import pypdfium2.raw as pdfium

from portal.documents.pdf.model import Box
from portal.documents.pdf.reading.placing import Placing

MOST_OBJECTS = 20_000
"""Drawings with more parts are maps and plots: they hold no tables, and take seconds to look through."""
DEEPEST = 4
"""Forms within forms."""
THINNEST = 3.0
"""Points. A filled box that is thinner is a line."""
SMALLEST_DOT, LARGEST_DOT = 1.2, 8.0
"""Points."""
MOST_SEGMENTS = 400
"""Of one path. Tables are drawn with fewer; curves of plots with more."""
STRAIGHT = 0.6
"""Points by which the ends of a straight line may differ."""

Matrix = tuple[float, float, float, float, float, float]
AS_IS: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(slots=True)
class Drawings:
    """What is drawn on one page, by kind. `dots` are as small as the marks of lists: some programs draw those."""

    rules: list[Box] = field(default_factory=list)
    fills: list[Box] = field(default_factory=list)
    dots: list[Box] = field(default_factory=list)


def drawings_of(page: object, placing: Placing) -> Drawings:
    """All straight lines, shaded areas and dots of a page."""
    found = Drawings()
    if pdfium.FPDFPage_CountObjects(page) <= MOST_OBJECTS:
        for kind, part, matrix in _objects(page):
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                _note_path(found, part, matrix, placing)
    return found


def images_of(page: object, placing: Placing) -> list[Box]:
    """Where the images of a page are."""
    return [
        placing.box(*_bounds(part, matrix))
        for kind, part, matrix in _objects(page)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE
    ]


def _objects(page: object) -> Iterator[tuple[int, object, Matrix]]:
    """The objects of a page and those within its forms, but no more than a page of text has."""
    count = pdfium.FPDFPage_CountObjects(page)
    parts = (pdfium.FPDFPage_GetObject(page, number) for number in range(count))
    return islice(chain.from_iterable(_unfolded(part, AS_IS, 0) for part in parts), MOST_OBJECTS)


def _unfolded(part: object, matrix: Matrix, depth: int) -> Iterator[tuple[int, object, Matrix]]:
    """The object, and what is in it where it is a form."""
    kind = pdfium.FPDFPageObj_GetType(part)
    yield kind, part, matrix
    if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
        within = _after(_matrix(part), matrix)
        for number in range(max(pdfium.FPDFFormObj_CountObjects(part), 0)):
            yield from _unfolded(pdfium.FPDFFormObj_GetObject(part, number), within, depth + 1)


def _note_path(found: Drawings, part: object, matrix: Matrix, placing: Placing) -> None:
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(part, byref(filled), byref(stroked))
    if not filled.value and not stroked.value:
        return
    box = placing.box(*_bounds(part, matrix))
    if max(box.width, box.height) < LARGEST_DOT:
        if abs(box.width - box.height) < 0.1 * LARGEST_DOT and box.width > SMALLEST_DOT:
            found.dots.append(box)
    elif min(box.width, box.height) <= THINNEST:
        found.rules.append(box)
    elif stroked.value:
        found.rules.extend(_straight_lines(part, matrix, placing))
    elif not _is_white(part):
        found.fills.append(box)


def _straight_lines(part: object, matrix: Matrix, placing: Placing) -> Iterator[Box]:
    """The horizontal and vertical ones among the lines of a path."""
    count = pdfium.FPDFPath_CountSegments(part)
    if count > MOST_SEGMENTS:
        return
    own = _after(_matrix(part), matrix)
    start = here = (0.0, 0.0)
    for number in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(part, number)
        there = _end(segment, own)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = there
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield from _straight(here, there, placing)
        here = there
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield from _straight(here, start, placing)


def _straight(one: tuple[float, float], other: tuple[float, float], placing: Placing) -> Iterator[Box]:
    across, along = abs(one[0] - other[0]), abs(one[1] - other[1])
    if min(across, along) <= STRAIGHT and max(across, along) > THINNEST:
        yield placing.box(*one, *other)


def _end(segment: object, matrix: Matrix) -> tuple[float, float]:
    x, y = ctypes.c_float(), ctypes.c_float()
    pdfium.FPDFPathSegment_GetPoint(segment, byref(x), byref(y))
    return _moved(x.value, y.value, matrix)


def _is_white(part: object) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    known = pdfium.FPDFPageObj_GetFillColor(part, byref(red), byref(green), byref(blue), byref(alpha))
    return bool(known) and (min(red.value, green.value, blue.value) >= 0xFE or alpha.value == 0)


def _bounds(part: object, matrix: Matrix) -> tuple[float, float, float, float]:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(part, byref(left), byref(bottom), byref(right), byref(top))
    return (*_moved(left.value, bottom.value, matrix), *_moved(right.value, top.value, matrix))


def _matrix(part: object) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(part, byref(matrix))
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _moved(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _after(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does what `first` does, then what `then` does."""
    a, b, c, d, e, f = first
    (x0, y0), (x1, y1) = _moved(a, b, (*then[:4], 0, 0)), _moved(c, d, (*then[:4], 0, 0))
    return (x0, y0, x1, y1, *_moved(e, f, then))
