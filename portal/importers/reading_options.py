"""How a file is written, in the words of forms and commands: turned into a format, and back. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from portal.errors import BadInput
from portal.importers.formats import NAMES, SETTINGS, Delimited, Format, Json, Workbook

OPTIONS = ("format", "delimiter", "quote", "encoding", "header_row", "sheet", "pointer")
"""What can be set; "" leaves it to be found out."""

CALLED: dict[str, str] = {
    "delimited": "Delimited text",
    "json": "JSON",
    "json_lines": "JSON Lines",
    "workbook": "A workbook",
    "parquet": "Parquet",
}

MARKS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " "}
"""Words for characters that are hard to type or to see."""

NO_QUOTE = "none"
"""Says of the quote that quotation marks are text like any other."""

IMPLIED: dict[str, type[Format]] = {
    "delimiter": Delimited,
    "quote": Delimited,
    "encoding": Delimited,
    "sheet": Workbook,
    "pointer": Json,
}
"""The format that an option is of, where it is of one alone."""


def format_of(options: Mapping[str, str | None]) -> Format | None:
    """The format that `options` (OPTIONS by name, blank ones left to be found out) say; None where none is set.

    Raises BadInput, with what is wrong with which of them.
    """
    given = {name: text for name in OPTIONS if (text := options.get(name) or "").strip(" ")}
    if not given:
        return None
    kind = _kind(given)
    settings = {name: _setting(name, text) for name, text in given.items() if name != "format"}
    for name, setting in settings.items():
        if name not in SETTINGS[kind]:
            raise _refused(name, f"{CALLED[_name(kind)]} has no {name.replace('_', ' ')}: leave it empty.")
        _made(name, kind, {name: setting})
    return _made("delimiter", kind, settings)


def options_of(format: Mapping[str, Any] | None) -> dict[str, str]:
    """The options that give this format, which is as `to_json` writes it."""
    return {name: _text(name, setting) for name, setting in (format or {}).items()}


def _kind(given: Mapping[str, str]) -> type[Format]:
    if "format" in given:
        if given["format"] not in NAMES:
            raise _refused("format", f"The format must be one of {', '.join(NAMES)}, not {given['format']}.")
        return NAMES[given["format"]]
    kinds = {IMPLIED[name]: name for name in given if name in IMPLIED}
    if len(kinds) == 1:
        return next(iter(kinds))
    if not kinds:
        raise _refused("format", "A header row can be set for delimited text and for workbooks: say which it is.")
    first, second, *_ = kinds.values()
    raise _refused(second, f"A file that has a {second} has no {first}: leave one of them empty.")


def _setting(name: str, text: str) -> str | int:
    match name:
        case "delimiter":
            return MARKS.get(text.strip().lower(), text if len(text) == 1 else text.strip())
        case "quote":
            return "" if text.strip().lower() == NO_QUOTE else text.strip()
        case "header_row":
            return _number(name, text.strip())
        case "sheet":
            return int(text) if text.strip().isdecimal() and len(text) < 6 else re.sub(r'^"(.*)"$', r"\1", text.strip())
        case _:
            return text.strip()


def _text(name: str, setting: object) -> str:
    if name == "sheet" and isinstance(setting, str) and setting.isdecimal():
        return f'"{setting}"'
    if name == "quote" and setting == "":
        return NO_QUOTE
    return {"\t": "tab", " ": "space"}.get(str(setting), str(setting))


def _number(name: str, text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise _refused(name, f"The {name.replace('_', ' ')} must be a whole number from 1, not {text}.")
    return int(text)


def _made(name: str, kind: Callable[..., Format], settings: Mapping[str, Any]) -> Format:
    try:
        return kind(**settings)
    except ValueError as error:
        raise _refused(name, str(error)) from None


def _name(kind: type[Format]) -> str:
    return next(name for name, found in NAMES.items() if found is kind)


def _refused(name: str, message: str) -> BadInput:
    return BadInput(message, errors={name: [message]})
