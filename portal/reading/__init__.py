"""Delimited text files, from bytes to pieces of raw text columns.

`inspect` finds out how a file is written, or raises `UnreadableFile` with what it really is;
`read` streams its records. Nothing here knows the web, the database or the queue.
"""

from portal.reading.dialect import Dialect
from portal.reading.inspection import inspect
from portal.reading.pieces import Malformed, Piece
from portal.reading.problems import UnreadableFile
from portal.reading.reader import read, read_exactly

__all__ = ["Dialect", "Malformed", "Piece", "UnreadableFile", "inspect", "read", "read_exactly"]
