"""Where in a JSON document the array of rows is."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.reading import problems
from portal.reading.jsontext.text import Broken, Text, ValueEnd
from portal.reading.limits import HEADER_BYTES

NAME = re.compile(r'"(?:[^"\\]++|\\.)*+"')


@dataclass(frozen=True)
class Found:
    """An array whose elements come next. `name` is its name at the top level where that was found out."""

    name: str | None = None
    is_whole: bool = False

    def check_rest(self, text: Text) -> None:
        """See that what stands behind the array is no reason for doubt. Raises UnreadableFile, Broken."""
        if self.is_whole and text.peek():
            raise Broken("there is text behind the end of the array")
        if self.name is not None:
            if text.peek() == ",":
                text.take(1)
            if other := _array_of_objects(text):
                raise _several([self.name, other])


def find_array(text: Text, pointer: str | None) -> Found:
    """Go to the first element of the array that `pointer` (RFC 6901) leads to; of the document or the first array
    of objects at its top level, where it is None. Raises UnreadableFile."""
    try:
        if pointer is None and text.peek() == "{":
            text.take(1)
            name = _array_of_objects(text)
            if name is None:
                raise _nowhere("holds no array of objects at its top level")
            text.take(1)
            return Found(name)
        for token in _tokens(pointer or ""):
            _step_into(text, token)
        if text.peek() != "[":
            raise _nowhere("has no array at " + (f"“{pointer}”" if pointer else "its beginning"))
        text.take(1)
        return Found(is_whole=not pointer)
    except Broken as error:
        raise _nowhere(f"is broken before its array: {error}") from None


def _tokens(pointer: str) -> Sequence[str]:
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def _step_into(text: Text, token: str) -> None:
    """Go to the value of the member or element `token`."""
    opening = text.peek()
    text.take(1 if opening else 0)
    if opening == "{":
        while (name := _next_name(text)) is not None:
            if name == token:
                return
            _skip_value(text)
    elif opening == "[" and token.isdecimal():
        for _ in range(int(token)):
            if text.peek() in ("]", ""):
                break
            _skip_value(text)
        else:
            if text.peek() not in ("]", ""):
                return
    raise _nowhere(f"has no “{token[:100]}” where the pointer asks for it")


def _array_of_objects(text: Text) -> str | None:
    """Go to the next array of objects among the members of an object, of which some may be read; its name."""
    while (name := _next_name(text)) is not None:
        if text.peek() == "[" and _second_mark(text) == "{":
            return name
        _skip_value(text)
    return None


def _second_mark(text: Text) -> str:
    """The character behind the bracket that comes next, white space left out."""
    while not (behind := text.data[text.start + 1 :].lstrip()[:1]) and text.available < HEADER_BYTES:
        if not text.more():
            break
    return behind


def _next_name(text: Text) -> str | None:
    """Step over the next name of an object and its colon; None at the end of the object."""
    if text.peek() == "}":
        return None
    if text.peek() != '"':
        raise Broken("the file ends inside an object" if not text.peek() else "a name stands without quotation marks")
    while not (match := NAME.match(text.data, text.start)):
        if text.available > HEADER_BYTES:
            raise Broken("a name is too long")
        if not text.more():
            raise Broken("the file ends inside a name")
    try:
        name = json.loads(text.take(match.end() - text.start))
    except ValueError:
        raise Broken("a name isn't valid") from None
    if text.peek() != ":":
        raise Broken("a name has no value")
    text.take(1)
    return str(name)


def _skip_value(text: Text) -> None:
    """Step over a value and the comma behind it, however long."""
    search = ValueEnd()
    while (end := search.find(text.data, text.start)) is None:
        text.take(text.available)
        if not text.more():
            raise Broken("the file ends inside a value")
    text.take(end - text.start)
    if text.peek() == ",":
        text.take(1)


def _nowhere(reason: str) -> problems.UnreadableFile:
    return problems.UnreadableFile(
        "json_pointer", f"The JSON document {reason}.", "Set the pointer to the array of rows, such as /data/rows."
    )


def _several(names: Sequence[str]) -> problems.UnreadableFile:
    return problems.UnreadableFile(
        "json_pointer",
        f"The JSON document holds several arrays of objects at its top level: {problems.quoted(names)}.",
        "Set the pointer to the one that holds the rows, such as /rows.",
    )
