"""Malformed lines, in an operator's words."""

from portal.reading.delimited.dialect import Dialect
from portal.reading.delimited.records import Fault
from portal.reading.limits import LONGEST_RECORD
from portal.reading.pieces import Malformed
from portal.reading.window import Window

# Of a line that is too long to hold.
SHOWN_BYTES = 4096

MESSAGES = {
    Fault.UNCLOSED: "Line {line} has a quotation mark that is never closed.",
    Fault.MISPLACED: "Line {line} has a quotation mark in the wrong place.",
    Fault.JOINED: (
        "Line {line} has a quotation mark that joins it to the lines below, and together they don't have {columns}."
    ),
}

FIXES = {
    Fault.UNCLOSED: "Close the field with a quotation mark, or remove the one that opens it.",
    Fault.MISPLACED: ("Put quotation marks around the whole field, and write a quotation mark inside it twice."),
    Fault.JOINED: "Close the field with a quotation mark, or add the missing fields.",
}


def misquoted(window: Window, dialect: Dialect, line: bytes, fault: Fault) -> Malformed:
    columns = _fields(len(dialect.headers))
    message = MESSAGES[fault].format(line=window.line, columns=columns)
    return _malformed(window, dialect, line, message, FIXES[fault])


def wrong_count(window: Window, dialect: Dialect, line: bytes, fields: list[str], count: int) -> Malformed:
    """`fields` are the first of them at least, `count` says how many there are."""
    wanted = len(dialect.headers)
    message = f"Line {window.line} has {_fields(count)}, but the header has {wanted}."
    return Malformed(window.row, window.line, tuple(fields), _text(line), message, _count_fix(count, dialect))


def undecodable(window: Window, dialect: Dialect, record: bytes) -> Malformed:
    last = window.line + record.count(b"\n")
    where = f"Line {window.line}" if last == window.line else f"The record on lines {window.line} to {last}"
    message = f"{where} isn't valid {dialect.encoding_name} text."
    return _malformed(window, dialect, record, message, "Save the file as UTF-8, or correct the damaged characters.")


def too_long(window: Window, beginning: bytes) -> Malformed:
    raw = _text(beginning[:SHOWN_BYTES]) + "…"
    message = f"Line {window.line} is longer than {LONGEST_RECORD >> 20} MB."
    fix = "Check whether line ends are missing, or take the oversized value out."
    return Malformed(window.row, window.line, (raw,), raw, message, fix)


def _malformed(window: Window, dialect: Dialect, line: bytes, message: str, fix: str) -> Malformed:
    raw = _text(line)
    return Malformed(window.row, window.line, tuple(raw.split(dialect.delimiter)), raw, message, fix)


def _count_fix(found: int, dialect: Dialect) -> str:
    if found < len(dialect.headers):
        return "Add what is missing; if the line was broken in two, join it with its other half."
    if not dialect.quote:
        return "Remove what is too much."
    return f"Put quotation marks around a field that holds a {dialect.delimiter_name}, or remove what is too much."


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count:,} fields"


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")
