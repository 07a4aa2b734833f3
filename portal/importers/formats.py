"""How a source file is written, where that is set and not left to be found out.

Plain values: an importer's author writes them in the class line, a run keeps its own choice as JSON.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

NO_TEXT = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7"})
"""Codecs that aren't ways to write files, change what is in them, or can't go on after bytes that don't fit."""


@dataclass(frozen=True)
class Delimited:
    """Text with one record a line: CSV, TSV and kin. What is None is found out.

    - `delimiter`: one ASCII character.
    - `quote`: the character around fields that hold a delimiter, doubled inside; "" where quotation marks are
      text like any other. Without it `"`, or `'` where the file shows that.
    - `encoding`: the name of a Python codec, https://docs.python.org/3/library/codecs.html#standard-encodings.
    - `header_row`: the physical line of the header, from 1; lines above it are left out.

    Raises ValueError when one of them can't be.
    """

    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    header_row: int | None = None

    def __post_init__(self) -> None:
        for name, text in (("delimiter", self.delimiter), ("quote", self.quote or None)):
            if text is not None and not _is_mark(text):
                raise ValueError(f"The {name} must be one ASCII character that no line ends with, not {text!r}.")
        if self.delimiter and self.delimiter in ('"', self.quote):
            raise ValueError("The delimiter can't be a quotation mark.")
        if self.encoding is not None:
            _check_encoding(self.encoding)
        _check_position("header_row", self.header_row)


@dataclass(frozen=True)
class Json:
    """A JSON document that holds an array of objects.

    `pointer` leads to the array (RFC 6901: `/data/rows`; "" is the document itself). Without one it is the
    document, or the only array of objects at its top level. Raises ValueError when it is no pointer.
    """

    pointer: str | None = None

    def __post_init__(self) -> None:
        if self.pointer and not self.pointer.startswith("/"):
            raise ValueError(f"A JSON pointer begins with a slash, which {self.pointer!r} doesn't.")


@dataclass(frozen=True)
class JsonLines:
    """One JSON object a line (NDJSON)."""


@dataclass(frozen=True)
class Workbook:
    """A sheet of an Excel (.xlsx, .xlsm, .xlsb, .xls) or OpenDocument (.ods) workbook.

    `sheet` is its name, or its position from 1; by default the first with content. `header_row` is the row
    of the headers as the spreadsheet numbers it; by default the first that isn't empty. Raises ValueError.
    """

    sheet: str | int | None = None
    header_row: int | None = None

    def __post_init__(self) -> None:
        _check_position("header_row", self.header_row)
        if isinstance(self.sheet, int):
            _check_position("sheet", self.sheet)


@dataclass(frozen=True)
class Parquet:
    """An Apache Parquet file."""


Format = Delimited | Json | JsonLines | Workbook | Parquet

NAMES: dict[str, type[Format]] = {
    "delimited": Delimited,
    "json": Json,
    "json_lines": JsonLines,
    "workbook": Workbook,
    "parquet": Parquet,
}


def to_json(format: Format) -> dict[str, Any]:
    """`format` as a JSON object: its name under "format", beside it what is set."""
    name = next(name for name, kind in NAMES.items() if isinstance(format, kind))
    return {"format": name} | {key: value for key, value in asdict(format).items() if value is not None}


def from_json(values: Mapping[str, Any]) -> Format:
    """The format that `to_json` wrote. Raises ValueError, with what is wrong, for anything else."""
    settings = dict(values)
    kind = NAMES.get(name) if isinstance(name := settings.pop("format", None), str) else None
    if kind is None:
        raise ValueError(f"The format must be one of {', '.join(NAMES)}, not {name!r}.")
    types = SETTINGS[kind]
    for key, value in settings.items():
        if key not in types:
            raise ValueError(f"The format {name} has no setting {key!r}.")
        if isinstance(value, bool) or not isinstance(value, types[key]):
            raise ValueError(f"The setting {key} can't be {value!r}.")
    return kind(**settings)


SETTINGS: dict[type[Format], dict[str, type | tuple[type, ...]]] = {
    Delimited: {"delimiter": str, "quote": str, "encoding": str, "header_row": int},
    Json: {"pointer": str},
    JsonLines: {},
    Workbook: {"sheet": (str, int), "header_row": int},
    Parquet: {},
}


def _is_mark(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text not in "\r\n\0\x02"


def _check_encoding(name: str) -> None:
    try:
        codecs.getincrementaldecoder(name)
        with suppress(UnicodeDecodeError):
            b"-".decode(name)  # refuses codecs that aren't of text
        if codecs.lookup(name).name in NO_TEXT:
            raise LookupError
    except LookupError:
        raise ValueError(f"There is no text encoding called {name!r}.") from None


def _check_position(name: str, position: int | None) -> None:
    if position is not None and position < 1:
        raise ValueError(f"The {name} is counted from 1, so it can't be {position}.")
