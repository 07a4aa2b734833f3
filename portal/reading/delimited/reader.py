"""Streams a file's records: fast where a block is well formed, exact where it isn't."""

from collections.abc import Iterator

from portal.reading.binary import Binary
from portal.reading.delimited.dialect import Dialect
from portal.reading.delimited.exact import ExactReader
from portal.reading.delimited.fast import take_fast
from portal.reading.delimited.quotes import swapped, swapped_back
from portal.reading.encodings import utf8_chunks
from portal.reading.limits import LONGEST_RECORD
from portal.reading.pieces import PIECE_BYTES, Piece, joined
from portal.reading.window import Window

# A block that isn't well formed is tried again in parts, so that one bad line costs one part.
PARTS = 32
SMALLEST_PART = 1 << 16


def read_delimited(source: Binary, dialect: Dialect, *, piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """The file's records in order, about `piece_bytes` of text at a time; never raises on content."""
    return swapped_back(_pieces(source, dialect, min(piece_bytes, LONGEST_RECORD)), dialect)


def read_exactly(source: Binary, dialect: Dialect, *, piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """The same records as `read_delimited`, by the exact reader alone. Defines what is right."""
    return swapped_back(_exact_pieces(source, dialect, piece_bytes), dialect)


def _pieces(source: Binary, dialect: Dialect, size: int) -> Iterator[Piece]:
    window = _open(source, dialect, size)
    exact = ExactReader(window, dialect)
    while window.fill(1):
        if piece := _take(window, dialect, exact, size):
            yield piece


def _exact_pieces(source: Binary, dialect: Dialect, size: int) -> Iterator[Piece]:
    window = _open(source, dialect, size)
    exact = ExactReader(window, dialect)
    while window.fill(1):
        if piece := exact.take(size):
            yield piece


def _open(source: Binary, dialect: Dialect, size: int) -> Window:
    window = Window(swapped(utf8_chunks(source, dialect.encoding, dialect.newline, size), dialect.quote))
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
