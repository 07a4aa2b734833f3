"""The header line, and the delimiter that it and the lines below agree on."""

import io
import re
import sys
from dataclasses import dataclass

from portal.importers.formats import Delimited
from portal.reading import problems
from portal.reading.delimited.dialect import DELIMITERS, Dialect
from portal.reading.delimited.reader import read_exactly
from portal.reading.delimited.records import Fault, Grammar
from portal.reading.limits import MOST_COLUMNS

# Enough lines to tell delimiters apart, few enough to read them once per candidate.
COMPARED_BYTES = 1 << 16

# Excel's own hint, which it writes and hides.
HINT = re.compile(rb'"?sep=([,;|\t])"?\r*\n', re.IGNORECASE)
BLANK_LINES = re.compile(rb"(?:[ \t\r]*+\n)*+")

REASONS = {Fault.UNCLOSED: "that is never closed", Fault.MISPLACED: "in the wrong place"}


@dataclass(frozen=True)
class Header:
    delimiter: str
    names: tuple[str, ...]
    size: int  # bytes of the sample before the first record
    lines: int


def find_header(sample: bytes, format: Delimited, *, whole: bool) -> Header:
    """The header of the file that begins with `sample`, or is it, if `whole`. Raises UnreadableFile."""
    start, choices = _first_line(sample) if format.header_row is None else (_line(sample, format.header_row), None)
    if format.delimiter:
        choices = [format.delimiter]
    found = {mark: _split(sample, start, mark, whole=whole) for mark in choices or DELIMITERS}
    headers = [header for header in found.values() if isinstance(header, Header)]
    if not headers:
        faults = [fault for fault in found.values() if isinstance(fault, Fault)]
        raise _unreadable(faults[0], sample, whole=whole)
    several = [header for header in headers if len(header.names) > 1]
    if any(len(header.names) > MOST_COLUMNS for header in several):
        raise problems.too_many_columns()
    if len(several) > 1:
        return max(several, key=lambda header: _agreement(sample, header))
    return several[0] if several else headers[0]


def _first_line(sample: bytes) -> tuple[int, list[str] | None]:
    """Where the first line with content begins, and the delimiter that Excel hints at above it."""
    start = _end_of_blank_lines(sample, 0)
    hint = HINT.match(sample, start)
    if hint:
        start = _end_of_blank_lines(sample, hint.end())
    if not sample[start:].strip():
        raise problems.empty()
    return start, [hint[1].decode()] if hint else None


def _line(sample: bytes, number: int) -> int:
    """Where the line `number` begins."""
    start = 0
    for _ in range(number - 1):
        start = sample.find(b"\n", start) + 1
        if not start:
            raise problems.no_header_row(number)
    if not sample[start:].partition(b"\n")[0].strip():
        raise problems.no_header_row(number)
    return start


def _end_of_blank_lines(sample: bytes, start: int) -> int:
    match = BLANK_LINES.match(sample, start)
    return match.end() if match else start


def _split(sample: bytes, start: int, delimiter: str, *, whole: bool) -> Header | Fault:
    line_end = sample.find(b"\n", start)
    line_end = len(sample) if line_end < 0 else line_end
    record = Grammar(delimiter, sys.maxsize).split(sample, start, len(sample), line_end, complete=whole)
    if isinstance(record, Fault):
        return record
    try:
        names = tuple(field.decode().strip() for field in record.fields)
    except UnicodeDecodeError:
        raise problems.unknown_encoding() from None
    size = start + record.size
    return Header(delimiter, names, size, sample.count(b"\n", 0, size))


def _agreement(sample: bytes, header: Header) -> tuple[float, int]:
    """The share of the lines below that have as many fields as the header; then, how many."""
    columns = len(header.names)
    names = tuple(map(str, range(columns)))
    dialect = Dialect(header.delimiter, "utf-8", "\n", names, header.size, header.lines)
    compared = sample[: header.size + COMPARED_BYTES]
    good = bad = 0
    for piece in read_exactly(io.BytesIO(compared), dialect):
        good += piece.rows.height
        bad += len(piece.malformed)
    return good / max(1, good + bad), columns


def _unreadable(fault: Fault, sample: bytes, *, whole: bool) -> problems.UnreadableFile:
    if fault is Fault.UNCLOSED and b"\n" not in sample and not whole:
        if max(sample.count(mark.encode()) for mark in DELIMITERS) > MOST_COLUMNS:
            return problems.too_many_columns()
        return problems.not_a_table("The file has no line end where its header line should end.")
    return problems.broken_header(REASONS[fault])
