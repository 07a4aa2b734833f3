"""The grammar of one record: RFC 4180, and a quotation mark inside an unquoted field stands for itself."""

import re
from dataclasses import dataclass
from enum import Enum, auto

# Possessive, so that a quote that is never closed costs one pass and no stack.
QUOTED = re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"')
# Windows text mode applied twice leaves \r\r\n; no field outside quotes ends with \r on purpose.
LINE_END = re.compile(rb"\r*+(\n|\Z)")


class Fault(Enum):
    """Why a record is none. A record that only lacks its end in the bytes at hand is UNCLOSED, too."""

    UNCLOSED = auto()
    MISPLACED = auto()
    JOINED = auto()


@dataclass(frozen=True, slots=True)
class Record:
    fields: list[bytes]
    size: int  # bytes, its line end included


class Grammar:
    def __init__(self, delimiter: str, columns: int) -> None:
        self.delimiter = delimiter.encode()
        self._columns = columns
        self._plain = re.compile(rb"([^%b\n]*+)" % re.escape(self.delimiter))

    def split(self, data: bytes, start: int, stop: int, line_end: int, *, complete: bool) -> Record | Fault:
        """The record at `start` of `data[:stop]`, whose first line ends at `line_end`.

        `complete` says that the file ends at `stop`.
        """
        fields: list[bytes] = []
        position = start
        while True:
            quoted = data.startswith(b'"', position, stop)
            match = (QUOTED if quoted else self._plain).match(data, position, stop)
            if match is None:
                return Fault.UNCLOSED
            fields.append(match[1].replace(b'""', b'"') if quoted else match[1])
            position = match.end()
            if not data.startswith(self.delimiter, position, stop):
                break
            position += 1
            # A stray quote may swallow the lines below one by one: stop as soon as it shows.
            if len(fields) >= self._columns and position > line_end + 1:
                return Fault.JOINED
        if not quoted:
            fields[-1] = fields[-1].rstrip(b"\r")
        return _closed(data, start, position, stop, fields, complete=complete)


def _closed(
    data: bytes, start: int, position: int, stop: int, fields: list[bytes], *, complete: bool
) -> Record | Fault:
    end = LINE_END.match(data, position, stop)
    if end is None:
        return Fault.MISPLACED
    if not end[1] and not complete:
        return Fault.UNCLOSED
    return Record(fields, end.end() - start)
