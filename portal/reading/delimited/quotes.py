"""Other quotes than `"`: they change places with it before the text is read, and again in what was read.

So the readers know one quote only, and reading plain CSV costs nothing more. Where no character is a quote, `"`
changes places with a control character that tables don't hold.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from portal.reading.delimited.dialect import QUOTE, Dialect
from portal.reading.pieces import Malformed, Piece

STAND_IN = "\x02"
QUOTED_HEADER = re.compile(rb"\s*'[^'\n]*'([,;|\t])(?:'[^'\n]*'\1)*'[^'\n]*'[ \t]*\r*(?:\n|\Z)")


def found_quote(sample: bytes) -> str:
    """The quote of the file that begins with `sample`: `'` where all names of its header stand in such."""
    return "'" if QUOTE.encode() not in sample and QUOTED_HEADER.match(sample) else QUOTE


def swapped(chunks: Iterator[bytes], quote: str) -> Iterator[bytes]:
    """`chunks` of UTF-8 text in which `"` and `quote` have changed places."""
    if quote == QUOTE:
        return chunks
    table = _bytes_table(quote)
    return (chunk.translate(table) for chunk in chunks)


def swapped_back(pieces: Iterator[Piece], dialect: Dialect) -> Iterator[Piece]:
    """The pieces as the file has them."""
    return pieces if dialect.quote == QUOTE else (_piece(piece, dialect.quote) for piece in pieces)


def swapped_text(text: str, quote: str) -> str:
    other = quote or STAND_IN
    return text.translate({ord(QUOTE): other, ord(other): QUOTE})


def _bytes_table(quote: str) -> bytes:
    other = (quote or STAND_IN).encode()
    return bytes.maketrans(QUOTE.encode() + other, other + QUOTE.encode())


def _piece(piece: Piece, quote: str) -> Piece:
    other = quote or STAND_IN
    rows = piece.rows.with_columns(pl.all().str.replace_many([QUOTE, other], [other, QUOTE]))
    return Piece(rows, piece.row_numbers, tuple(_malformed(line, quote) for line in piece.malformed))


def _malformed(line: Malformed, quote: str) -> Malformed:
    fields = tuple(swapped_text(field, quote) for field in line.fields)
    return replace(line, fields=fields, raw=swapped_text(line.raw, quote))
