"""The rows of a file, whatever its format."""

from collections.abc import Iterator

from portal.reading.binary import Binary
from portal.reading.converted.layout import ConvertedLayout, read_converted
from portal.reading.delimited.dialect import Dialect
from portal.reading.delimited.reader import read_delimited
from portal.reading.jsontext.layout import JsonLayout, read_json
from portal.reading.layouts import Layout
from portal.reading.packed.layout import PackedLayout
from portal.reading.packed.unpacked import Unpacked
from portal.reading.pieces import PIECE_BYTES, Piece


def read(source: Binary, layout: Layout, *, piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """The rows of `source`, which `inspect` found to have that layout: in order, about `piece_bytes` of text at a
    time, the same each time.

    What is wrong with a row is in its piece. Raises UnreadableFile where the rest of the file can't be read.
    """
    match layout:
        case Dialect():
            return read_delimited(source, layout, piece_bytes=piece_bytes)
        case JsonLayout():
            return read_json(source, layout, piece_bytes=piece_bytes)
        case ConvertedLayout():
            return read_converted(source, layout)
        case PackedLayout():
            return read(Unpacked(source, layout.kind), layout.inside, piece_bytes=piece_bytes)
        case _:
            raise TypeError(f"{type(layout).__name__} is no layout that can be read.")
