"""What reading yields."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from portal.reading import problems
from portal.reading.limits import HEADER_BYTES, MOST_COLUMNS

PIECE_BYTES = 4 << 20
"""Bytes of text that a piece holds about: enough for speed, little enough for memory."""


@dataclass(frozen=True)
class Malformed:
    """A line that is no record. `line_number` is physical, from 1, the header included; in a format without
    lines it is the number of the element."""

    row_number: int
    line_number: int
    fields: tuple[str, ...]
    raw: str
    message: str
    fix: str


@dataclass(frozen=True)
class Piece:
    """Consecutive records: `rows` has one String column per header and no nulls.

    `row_numbers` (Int64) stands beside `rows`; 1 is the first record below the header, and good
    and malformed records are counted alike.
    """

    rows: pl.DataFrame
    row_numbers: pl.Series
    malformed: tuple[Malformed, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows.height or self.malformed)


def piece_of_frame(rows: pl.DataFrame, first_row: int) -> Piece:
    numbers = pl.int_range(first_row, first_row + rows.height, dtype=pl.Int64, eager=True)
    return Piece(rows, numbers.alias("row_number"))


def piece_of_records(
    headers: Sequence[str], records: list[list[str]], numbers: list[int], malformed: list[Malformed]
) -> Piece:
    columns = zip(*records, strict=True) if records else ((),) * len(headers)
    rows = pl.DataFrame([pl.Series(name, cells, dtype=pl.String) for name, cells in zip(headers, columns, strict=True)])
    return Piece(rows, pl.Series("row_number", numbers, dtype=pl.Int64), tuple(malformed))


def checked_headers(names: Sequence[str]) -> tuple[str, ...]:
    """`names` as the headers of a table. Raises UnreadableFile where they can't be."""
    if len(names) > MOST_COLUMNS or sum(map(len, names)) > HEADER_BYTES:
        raise problems.too_many_columns()
    if unnamed := [position for position, name in enumerate(names, 1) if not name]:
        raise problems.unnamed_columns(unnamed)
    if repeated := [name for name, count in Counter(names).items() if count > 1]:
        raise problems.duplicate_headers(repeated)
    return tuple(names)


def joined(pieces: Sequence[Piece]) -> Piece:
    return Piece(
        pl.concat([piece.rows for piece in pieces], rechunk=True),
        pl.concat([piece.row_numbers for piece in pieces], rechunk=True),
        tuple(line for piece in pieces for line in piece.malformed),
    )
