"""One JSON object as the cells of a row."""

import json
from collections import Counter
from typing import Any, NoReturn

DEEPEST = 32
"""Levels of objects that become dotted headers; what is deeper is kept as JSON."""


class NoRow(Exception):
    """What the text is instead of an object that can be a row."""


class Literal(str):
    """A number as it is written, `1.10` say, which no number of Python's keeps."""

    __slots__ = ()


def decoded(text: str) -> dict[str, str]:
    """The cells of the JSON object `text` by header. Raises NoRow."""
    try:
        return flattened(DECODER.decode(text), text)
    except json.JSONDecodeError as error:
        raise NoRow(f"isn't valid JSON: {error.msg} at its character {error.pos + 1}") from None
    except ValueError as error:
        raise NoRow(str(error)) from None
    except RecursionError:
        raise NoRow("is nested too deeply") from None


def decoded_at(text: str, start: int) -> tuple[Any, int] | None:
    """The value that begins at `start`, and where it ends; None unless it is there whole and well formed."""
    try:
        return DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None


def flattened(value: Any, text: str) -> dict[str, str]:
    """`value`, which was decoded from `text`, as cells by header. Raises NoRow."""
    if not isinstance(value, dict):
        raise NoRow("isn't an object in braces")
    cells: dict[str, str] = {}
    _flatten(value, "", 1, cells)
    if ("\\u" in text or not text.isascii()) and not _is_text([*cells, *cells.values()]):
        raise NoRow("holds characters that aren't valid text")
    return cells


def _flatten(values: dict[str, Any], prefix: str, depth: int, cells: dict[str, str]) -> None:
    for name, value in values.items():
        if not name:
            raise NoRow("has a value without a name")
        header = prefix + name
        if isinstance(value, dict) and value and depth < DEEPEST:
            _flatten(value, f"{header}.", depth + 1, cells)
        elif header in cells:
            raise NoRow(f"has the name “{header[:100]}” twice")
        else:
            cells[header] = _cell(value)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _compact(value)


def _compact(value: Any) -> str:
    """`value` as JSON without white space, its numbers as they were."""
    if isinstance(value, Literal):
        return str(value)
    if isinstance(value, list):
        return f"[{','.join(map(_compact, value))}]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{_compact(name)}:{_compact(inner)}" for name, inner in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _is_text(texts: list[str]) -> bool:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        repeated = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"has the name “{repeated[:100]}” twice")
    return values


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"isn't valid JSON: {name} is no number there")


DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_float=Literal, parse_int=Literal, parse_constant=_no_number)
