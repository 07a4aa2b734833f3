"""Files of rows, from bytes to pieces of raw text columns.

`inspect` finds out how a file is written, or raises `UnreadableFile` with what it really is; `read` streams its
rows. Each format has a folder: `delimited`, `jsontext`, `converted` (workbooks and Parquet), and `packed` for what
is compressed around any of them. Nothing here knows the web, the database or the queue.
"""

from portal.reading.binary import Binary
from portal.reading.delimited.dialect import Dialect
from portal.reading.inspection import inspect
from portal.reading.layouts import Layout
from portal.reading.pieces import Malformed, Piece
from portal.reading.problems import NotYetKnown, UnreadableFile
from portal.reading.reader import read

__all__ = ["Binary", "Dialect", "Layout", "Malformed", "NotYetKnown", "Piece", "UnreadableFile", "inspect", "read"]
