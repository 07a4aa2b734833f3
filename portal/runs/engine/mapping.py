"""Which source header goes to which column. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from portal.importers import Column, Definition

NOTE_HEADERS = ("_error_message", "_row_number")
"""What a download of failed rows adds; ignored when it comes back."""


@dataclass(frozen=True)
class Mapping:
    """`columns` is source header -> column name; `missing` are required columns without a header, each with
    the header that it likely means (or None); `ignored` are headers that no column takes."""

    columns: dict[str, str]
    missing: dict[str, str | None]
    ignored: tuple[str, ...]


def map_headers(headers: Sequence[str], definition: Definition) -> Mapping:
    """Match `headers` to columns by their names and aliases, whatever their case and punctuation."""
    known = {_plain(text): column for column in definition.columns.values() for text in column.headers}
    columns: dict[str, str] = {}
    for header in headers:
        column = known.get(_plain(header))
        if column and column.name not in columns.values():
            columns[header] = column.name
    ignored = tuple(header for header in headers if header not in columns and header not in NOTE_HEADERS)
    missing = [column for column in definition.required_columns if column.name not in columns.values()]
    return Mapping(columns, {column.name: likely_header(column, ignored) for column in missing}, ignored)


def likely_header(column: Column, headers: Sequence[str]) -> str | None:
    """The header among `headers` that looks most like `column`, or None when none does."""
    best = [
        match
        for text in column.headers
        if (match := process.extractOne(text, headers, scorer=fuzz.WRatio, processor=utils.default_process))
    ]
    if not best:
        return None
    header, score, _ = max(best, key=lambda match: match[1])
    return header if score >= 70 else None


def is_failed_rows_download(headers: Sequence[str]) -> bool:
    """True when the file is a download of failed rows that comes back corrected."""
    return all(header in headers for header in NOTE_HEADERS)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
