"""The elements of a JSON text, one at a time: those of an array, or one on each line."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from portal.reading import problems
from portal.reading.jsontext.objects import NoRow, decoded, decoded_at, flattened
from portal.reading.jsontext.pointers import find_array
from portal.reading.jsontext.text import Broken, Text, ValueEnd
from portal.reading.limits import LONGEST_RECORD, MOST_VALUES
from portal.reading.pieces import Malformed

SHOWN = 4096
"""Characters that are kept of an element that is no row."""


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    cells: dict[str, str]


Outcome = Row | Malformed


def array_elements(text: Text, pointer: str | None) -> Iterator[Outcome]:
    """The elements of the array that `pointer` leads to, numbered from 1.

    Raises UnreadableFile where it leads to none, and where the array is broken so that nobody can tell where an
    element ends.
    """
    found = find_array(text, pointer)
    number = 0
    try:
        while _has_next(text, number):
            number += 1
            yield _element(text, number)
        found.check_rest(text)
    except Broken as error:
        raise _broken(text, number, str(error)) from None


def line_elements(text: Text) -> Iterator[Outcome]:
    """The objects of JSON Lines, numbered from 1; blank lines don't count."""
    number = line_number = 0
    while text.available or text.more() or text.available:
        line_number += 1
        line = _line(text)
        if line is None:
            yield _malformed(number := number + 1, f"Line {line_number}", line_number, _too_long(text), TOO_LONG)
        elif line.strip():
            number += 1
            yield _outcome(line, number, f"Line {line_number}", line_number)


def _has_next(text: Text, number: int) -> bool:
    """Step to the next element behind `number` of them, or over the end of the array."""
    mark = text.peek()
    if mark == "]":
        text.take(1)
        return False
    if number:
        if mark != ",":
            raise Broken("the file ends there" if not mark else "a comma is missing behind it")
        text.take(1)
    if text.peek() in ("", "]"):
        raise Broken("the array isn't closed" if not text.peek() else "a comma stands behind the last one")
    return True


def _element(text: Text, number: int) -> Outcome:
    found = decoded_at(text.data, text.start)
    if found and text.data[text.start] == "{":
        value, end = found
        raw = text.take(end - text.start)
        with suppress(NoRow, RecursionError):
            if not _holds_too_many(raw):
                return Row(number, flattened(value, raw))
        return _outcome(raw, number, f"Element {number:,}", number)
    return _bounded(text, number)


def _bounded(text: Text, number: int) -> Outcome:
    """The element where it isn't whole in what is held, or isn't an object."""
    search, seen = ValueEnd(), text.start
    while (end := search.find(text.data, seen)) is None:
        if text.available > LONGEST_RECORD:
            return _skipped(text, number, search)
        size = text.available
        if not text.more():
            raise Broken("the file ends inside it")
        seen = text.start + size
    return _outcome(text.take(end - text.start), number, f"Element {number:,}", number)


def _skipped(text: Text, number: int, search: ValueEnd) -> Malformed:
    """Step over an element that is too long to hold."""
    raw = text.take(text.available)[:SHOWN]
    while text.more():
        end = search.find(text.data, text.start)
        text.take(text.available if end is None else end - text.start)
        if end is not None:
            return _malformed(number, f"Element {number:,}", number, raw, TOO_LONG)
    raise Broken("the file ends inside it")


def _line(text: Text) -> str | None:
    """The next line without its end; None if it is longer than can be held."""
    searched = text.start
    while (end := text.data.find("\n", searched)) < 0:
        if text.available > LONGEST_RECORD:
            return None
        size = text.available
        if not text.more():
            return text.take(text.available)
        searched = text.start + size
    line = text.take(end - text.start)
    text.take(1)
    return line


def _too_long(text: Text) -> str:
    """The beginning of a line that is stepped over."""
    raw = text.take(text.available)[:SHOWN]
    while text.more():
        end = text.data.find("\n", text.start)
        text.take(text.available if end < 0 else end + 1 - text.start)
        if end >= 0:
            break
    return raw


def _outcome(raw: str, number: int, name: str, place: int) -> Outcome:
    if len(raw) > LONGEST_RECORD:
        return _malformed(number, name, place, raw, TOO_LONG)
    if _holds_too_many(raw):
        return _malformed(number, name, place, raw, TOO_MANY)
    try:
        return Row(number, decoded(raw.strip()))
    except NoRow as reason:
        return _malformed(number, name, place, raw, str(reason))


def _holds_too_many(raw: str) -> bool:
    """Whether decoding `raw` would take too much memory."""
    if len(raw) <= MOST_VALUES or sum(map(raw.count, ",[{")) <= MOST_VALUES:
        return False
    search = ValueEnd()
    try:
        search.find(f"{raw},", 0)
    except Broken:
        return True
    return search.values > MOST_VALUES


TOO_LONG = f"is longer than {LONGEST_RECORD >> 20} MB"
TOO_MANY = f"holds more than {MOST_VALUES:,} values"


def _malformed(number: int, name: str, place: int, raw: str, reason: str) -> Malformed:
    shown = _valid(raw.strip()[:SHOWN]) + ("…" if len(raw) > SHOWN else "")
    fix = "Write it as one JSON object, or take it out."
    return Malformed(number, place, (shown,), shown, _valid(f"{name} {reason}."), fix)


def _valid(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _broken(text: Text, number: int, reason: str) -> problems.UnreadableFile:
    where = f"at element {number:,}, near character {text.position + 1:,}" if number else "before its first element"
    return problems.UnreadableFile(
        "broken_json",
        f"The JSON array is broken {where}: {reason}. What follows can't be read.",
        "Correct it there, or export the file again.",
    )
