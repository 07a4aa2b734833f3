"""Bytes in, plain Python values out."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from portal.reading import Dialect, Malformed, Piece, inspect, read
from portal.reading.delimited.reader import read_exactly

Reader = Callable[..., Iterator[Piece]]
READERS: list[Reader] = [read, read_exactly]


@dataclass(frozen=True)
class Contents:
    rows: list[tuple[str, ...]]
    numbers: list[int]
    malformed: list[Malformed]

    @property
    def messages(self) -> list[str]:
        return [line.message for line in self.malformed]


def contents(
    data: bytes, dialect: Dialect | None = None, *, reader: Reader = read, piece_bytes: int = 4 << 20
) -> Contents:
    source = io.BytesIO(data)
    pieces = list(reader(source, dialect or inspect(source), piece_bytes=piece_bytes))
    return Contents(
        [row for piece in pieces for row in piece.rows.rows()],
        [number for piece in pieces for number in piece.row_numbers],
        [line for piece in pieces for line in piece.malformed],
    )


def both(data: bytes, dialect: Dialect | None = None, *, piece_bytes: int = 4 << 20) -> Contents:
    """What `read` finds, having seen that `read_exactly` finds the same."""
    fast = contents(data, dialect, piece_bytes=piece_bytes)
    assert fast == contents(data, dialect, reader=read_exactly, piece_bytes=piece_bytes)
    return fast


def plain_dialect(columns: int, *, delimiter: str = ",", header_bytes: int = 0) -> Dialect:
    """For data without a header line, unless `header_bytes` says how long it is."""
    names = tuple(f"c{position}" for position in range(columns))
    return Dialect(delimiter, "utf-8", "\n", names, header_bytes, 1 if header_bytes else 0)
