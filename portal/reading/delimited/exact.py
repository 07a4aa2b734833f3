"""The exact reader: one record at a time, so that damage costs one line and never the file."""

import re

from portal.reading.delimited import faults
from portal.reading.delimited.dialect import Dialect
from portal.reading.delimited.records import Fault, Grammar, Record
from portal.reading.limits import LONGEST_RECORD, MOST_COLUMNS, MOST_LINES
from portal.reading.pieces import Malformed, Piece, piece_of_records
from portal.reading.window import Window

# One more than the longest record, to tell its end from more to come.
REACH = LONGEST_RECORD + 1


class ExactReader:
    """Defines what a file's records are. Wherever a record turns out illegal, only its first line
    is reported and reading resumes at the next one."""

    def __init__(self, window: Window, dialect: Dialect) -> None:
        self._window = window
        self._dialect = dialect
        self._columns = len(dialect.headers)
        self._grammar = Grammar(dialect.delimiter, self._columns)
        self._blank_lines = re.compile(rb"(?:[%b]*+\r*+\n)++" % dialect.blanks)

    def take(self, size: int) -> Piece:
        """The records of the next `size` bytes, the last one whole."""
        window = self._window
        records: list[list[str]] = []
        numbers: list[int] = []
        malformed: list[Malformed] = []
        target = window.consumed + size
        while window.consumed < target and window.fill(1):
            row = window.row
            outcome = self._next()
            if isinstance(outcome, Malformed):
                malformed.append(outcome)
            elif outcome is not None:
                records.append(outcome)
                numbers.append(row)
        return piece_of_records(self._dialect.headers, records, numbers, malformed)

    def _next(self) -> list[str] | Malformed | None:
        length = self._line_length()
        if length is None:
            return self._skip_long_line()
        window = self._window
        line = window.data[window.start : window.start + length].rstrip(b"\r")
        if not line.strip(self._dialect.blanks):
            self._step_over_blank_lines(length)
            return None
        if b'"' in line:
            return self._quoted(line, length)
        return self._plain(line, length)

    def _line_length(self) -> int | None:
        """Bytes of the next line without its `\\n`; None if it is longer than can be held."""
        window = self._window
        while True:
            end = window.data.find(b"\n", window.start, window.start + REACH)
            if end >= 0:
                return end - window.start
            if not window.grow(REACH):
                return window.available if window.at_end and window.available < REACH else None

    def _plain(self, line: bytes, length: int) -> list[str] | Malformed:
        delimiter = self._dialect.delimiter
        outcome: list[str] | Malformed
        try:
            # A line of 16 MB may have as many fields, and each of them would take memory of its own.
            outcome = line.decode().split(delimiter, MOST_COLUMNS)
        except UnicodeDecodeError:
            outcome = faults.undecodable(self._window, self._dialect, line)
        else:
            if len(outcome) != self._columns:
                count = line.count(delimiter.encode()) + 1
                outcome = faults.wrong_count(self._window, self._dialect, line, outcome, count)
        self._step_over_line(length, rows=1)
        return outcome

    def _quoted(self, line: bytes, length: int) -> list[str] | Malformed:
        record = self._split(length)
        if isinstance(record, Fault):
            outcome = faults.misquoted(self._window, self._dialect, line, record)
            self._step_over_line(length, rows=1)
            return outcome
        window = self._window
        whole = window.data[window.start : window.start + record.size]
        judged = self._judged(whole.rstrip(b"\r\n"), record.fields)
        window.take(record.size, lines=whole.count(b"\n"), rows=1)
        return judged

    def _split(self, length: int) -> Record | Fault:
        window = self._window
        while True:
            start = window.start
            stop = min(len(window.data), start + REACH)
            complete = window.at_end and stop == len(window.data)
            found = self._grammar.split(window.data, start, stop, start + length, complete=complete)
            if found is not Fault.UNCLOSED or not window.grow(REACH):
                return self._bounded(found, length)

    def _bounded(self, found: Record | Fault, length: int) -> Record | Fault:
        """Refuse what is legal by itself but, over several lines, rather a stray quote's work."""
        if isinstance(found, Fault) or found.size <= length + 1:
            return found
        window = self._window
        if window.data.count(b"\n", window.start, window.start + found.size) > MOST_LINES:
            return Fault.UNCLOSED
        return found if len(found.fields) == self._columns else Fault.JOINED

    def _judged(self, record: bytes, fields: list[bytes]) -> list[str] | Malformed:
        if len(fields) != self._columns:
            texts = [field.decode("utf-8", "replace") for field in fields]
            return faults.wrong_count(self._window, self._dialect, record, texts, len(texts))
        try:
            return [field.decode() for field in fields]
        except UnicodeDecodeError:
            return faults.undecodable(self._window, self._dialect, record)

    def _step_over_blank_lines(self, length: int) -> None:
        """At once: spreadsheets leave them behind by the million."""
        window = self._window
        self._step_over_line(length, rows=0)
        if run := self._blank_lines.match(window.data, window.start):
            window.take(len(run[0]), lines=run[0].count(b"\n"), rows=0)

    def _step_over_line(self, length: int, *, rows: int) -> None:
        window = self._window
        window.take(min(length + 1, window.available), lines=1, rows=rows)

    def _skip_long_line(self) -> Malformed:
        window = self._window
        outcome = faults.too_long(window, window.data[window.start : window.start + faults.SHOWN_BYTES])
        while window.fill(1) and (end := window.data.find(b"\n", window.start)) < 0:
            window.take(window.available, lines=0, rows=0)
        self._step_over_line(end - window.start if window.available else 0, rows=1)
        return outcome
