"""The fast reader: whole blocks through Polars, where the block is beyond doubt.

Nothing here looks at a row or a field in Python. A block is parsed only if the exact reader would
find the same records in it; at the slightest doubt the answer is None.
"""

import io
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from portal.reading.delimited.dialect import Dialect
from portal.reading.encodings import MARKS
from portal.reading.limits import MOST_LINES
from portal.reading.pieces import Piece, piece_of_frame
from portal.reading.window import Window

LF, CR, QUOTE = 0x0A, 0x0D, 0x22

Marks = npt.NDArray[np.intp]
Bytes = npt.NDArray[np.uint8]


def take_fast(window: Window, dialect: Dialect, size: int) -> Piece | None:
    """The whole records of the next `size` bytes, or None without having read anything."""
    block, final = window.block(size)
    # Blank lines at the end of a file are common and no reason for doubt.
    text = block.rstrip(b"\r\n") + b"\n" if final else block
    body, skeleton = _quoted(text, dialect) if b'"' in text else _plain(text, dialect)
    columns = len(dialect.headers)
    if not _is_regular(skeleton, dialect.delimiter, columns) or not _is_clean(body, columns):
        return None
    records = len(skeleton) // columns
    rows = _parse(body, dialect)
    # Polars splits a block among threads by a guess at where records begin, and may say so.
    if rows is None or rows.height != records:
        return None
    piece = piece_of_frame(rows, window.row)
    used = len(block) if body == text and final else len(body)
    window.take(used, lines=block.count(b"\n", 0, used), rows=records)
    return piece


def _plain(text: bytes, dialect: Dialect) -> tuple[bytes, bytes]:
    """The whole records of a text without quotes, and their delimiters and line ends in order."""
    body = text[: text.rfind(b"\n") + 1]
    if b"\r" in body and body.count(b"\r") != body.count(b"\r\n"):
        return b"", b""
    return body, body.translate(None, _all_but(dialect.delimiter))


def _quoted(text: bytes, dialect: Dialect) -> tuple[bytes, bytes]:
    """The same where there are quotes; nothing, if one of them isn't legal."""
    data = np.frombuffer(text, np.uint8)
    delimiter = ord(dialect.delimiter)
    marks = np.flatnonzero((data == LF) | (data == delimiter) | (data == QUOTE))
    kinds = data[marks]
    is_quote = kinds == QUOTE
    # Wraps around at 256, which keeps what is odd odd.
    outside = (np.cumsum(is_quote, dtype=np.uint8) & 1 == 0) & ~is_quote
    record_ends = np.flatnonzero(outside & (kinds == LF))
    if not record_ends.size:
        return b"", b""
    last = record_ends[-1] + 1
    end = int(marks[last - 1]) + 1
    quotes = marks[:last][is_quote[:last]]
    if not _are_legal(data[:end], quotes, delimiter) or _are_long(kinds[:last], record_ends):
        return b"", b""
    return text[:end], kinds[:last][outside[:last]].tobytes()


def _are_legal(data: Bytes, quotes: Marks, delimiter: int) -> bool:
    """Whether every opening quote begins a field and every closing one ends it.

    `data` ends with a line end outside quotes, so that the byte "before" its first one, which is
    its last one, is right too. Two adjacent quotes that close and open again are an escaped one.
    """
    before, after = data[quotes[0::2] - 1], data[quotes[1::2] + 1]
    opens = (before == delimiter) | (before == LF) | (before == QUOTE)
    closes = (after == delimiter) | (after == LF) | (after == QUOTE) | (after == CR)
    if not (opens.all() and closes.all()):
        return False
    returns = np.flatnonzero(data == CR)
    alone = returns[data[returns + 1] != LF]
    return bool((np.searchsorted(quotes, alone) & 1).all())


def _are_long(kinds: Bytes, record_ends: Marks) -> bool:
    """Whether a record spans more lines than the exact reader allows."""
    lines = np.cumsum(kinds == LF)[record_ends]
    return bool((np.diff(lines, prepend=0) > MOST_LINES).any())


@cache
def _all_but(delimiter: str) -> bytes:
    return bytes(set(range(256)) - {ord(delimiter), LF})


def _is_regular(skeleton: bytes, delimiter: str, columns: int) -> bool:
    """Whether the delimiters and line ends outside quotes make records of so many columns."""
    record = delimiter.encode() * (columns - 1) + b"\n"
    return bool(skeleton) and skeleton == record * (len(skeleton) // columns)


def _is_clean(body: bytes, columns: int) -> bool:
    if columns == 1 and _may_have_blank_lines(body):
        return False
    # Polars takes a byte order mark off each block, the exact reader only off the file.
    return not body.startswith(MARKS["utf-8-sig"]) and _is_utf8(body)


def _may_have_blank_lines(body: bytes) -> bool:
    """Only a single column needs this: elsewhere a blank line lacks delimiters."""
    framed = b"\n" + body
    return any(beginning in framed for beginning in (b"\n\n", b"\n\r", b"\n ", b"\n\t"))


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _parse(body: bytes, dialect: Dialect) -> pl.DataFrame | None:
    try:
        return pl.read_csv(
            io.BytesIO(body),
            has_header=False,
            schema=dict.fromkeys(dialect.headers, pl.String),
            separator=dialect.delimiter,
            empty_string_is_null=False,
            extra_columns="raise",
        )
    except pl.exceptions.PolarsError:
        return None
