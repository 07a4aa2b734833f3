"""Streams a file's records: fast where a block is well formed, exact where it isn't."""

from collections.abc import Iterator
from typing import BinaryIO

from portal.reading.dialect import Dialect
from portal.reading.encodings import utf8_chunks
from portal.reading.exact import ExactReader
from portal.reading.fast import take_fast
from portal.reading.pieces import Piece, joined
from portal.reading.records import LONGEST_RECORD
from portal.reading.window import Window

# A block that isn't well formed is tried again in parts, so that one bad line costs one part.
PARTS = 32
SMALLEST_PART = 1 << 16


def read(source: BinaryIO, dialect: Dialect, *, piece_bytes: int = 4 << 20) -> Iterator[Piece]:
    """The file's records in order, about `piece_bytes` of text at a time; never raises on content."""
    size = min(piece_bytes, LONGEST_RECORD)
    window = _open(source, dialect, size)
    exact = ExactReader(window, dialect)
    while window.fill(1):
        if piece := _take(window, dialect, exact, size):
            yield piece


def read_exactly(source: BinaryIO, dialect: Dialect, *, piece_bytes: int = 4 << 20) -> Iterator[Piece]:
    """The same records as `read`, by the exact reader alone. Defines what is right."""
    window = _open(source, dialect, piece_bytes)
    exact = ExactReader(window, dialect)
    while window.fill(1):
        if piece := exact.take(piece_bytes):
            yield piece


def _open(source: BinaryIO, dialect: Dialect, size: int) -> Window:
    window = Window(utf8_chunks(source, dialect.encoding, dialect.newline, size))
    window.fill(dialect.header_bytes)
    window.take(dialect.header_bytes, lines=dialect.header_lines, rows=0)
    return window


def _take(window: Window, dialect: Dialect, exact: ExactReader, size: int) -> Piece:
    piece = take_fast(window, dialect, size)
    if piece is not None:
        return piece
    part = size // PARTS
    return exact.take(size) if part < SMALLEST_PART else _in_parts(window, dialect, exact, size, part)


def _in_parts(window: Window, dialect: Dialect, exact: ExactReader, size: int, part: int) -> Piece:
    end = window.consumed + size
    pieces = []
    while window.consumed < end and window.fill(1):
        pieces.append(_take(window, dialect, exact, part))
    return joined(pieces)
