"""Which source header goes to which column. Pure."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils

from portal.exports.formulas import unguarded
from portal.importers import Column, Definition
from portal.importers.headers import plain

NOTE_HEADERS = ("_error_message", "_row_number")
"""What a download of failed rows adds; ignored when it comes back."""


@dataclass(frozen=True)
class Misfit:
    """Why the headers of a file aren't those that the importer insists on, and what to do."""

    message: str
    fix: str


@dataclass(frozen=True)
class Mapping:
    """`columns` is source header -> column name; `missing` are required columns without a header, each with
    the header that it likely means (or None); `ignored` are headers that no column takes. `misfit` is there where the
    importer insists on its headers and these are others."""

    columns: dict[str, str]
    missing: dict[str, str | None]
    ignored: tuple[str, ...]
    misfit: Misfit | None = None


def map_headers(
    headers: Sequence[str], definition: Definition, chosen: AnyMapping[str, str | None] | None = None
) -> Mapping:
    """Match `headers` to columns by their names and aliases, whatever their case and punctuation. Where several
    headers fit a column, the name that the column prefers wins. `chosen` is what someone has decided: header -> column,
    None for a header that no column takes."""
    chosen = chosen or {}
    by_plain = {plain(header): header for header in reversed(headers) if header not in chosen}
    columns = {header: name for header, name in chosen.items() if name is not None}
    for column in definition.columns.values():
        if column.name in chosen.values():
            continue
        found = [by_plain[text] for text in map(plain, column.headers) if text in by_plain]
        if found:
            columns[found[0]] = column.name
    columns = {header: columns[header] for header in headers if header in columns}
    ignored = tuple(header for header in headers if header not in columns and header not in NOTE_HEADERS)
    missing = [column for column in definition.required_columns if column.name not in columns.values()]
    stray = [header for header in ignored if header not in chosen]
    misfit = _other_headers(headers, definition) or _stray_headers(columns, stray, definition)
    return Mapping(columns, _likely_headers(missing, ignored), ignored, misfit)


def wrong_choices(
    chosen: AnyMapping[str, str | None], headers: Sequence[str] | None, definition: Definition
) -> list[str]:
    """What is wrong with the columns that someone has chosen for `headers`, which may not be known yet."""
    takes = [column.name for column in definition.file_columns]
    named_twice = {name for name in chosen.values() if name is not None and list(chosen.values()).count(name) > 1}
    return [
        *(f"The file has no header “{header}”." for header in chosen if headers is not None and header not in headers),
        *(
            f"The importer takes no column “{name}” from a file; it takes {', '.join(takes)}."
            for name in dict.fromkeys(chosen.values())
            if name is not None and name not in takes
        ),
        *(f"The column {name} is chosen for several headers." for name in sorted(named_twice)),
    ]


def _other_headers(headers: Sequence[str], definition: Definition) -> Misfit | None:
    """How `headers` differ from the list that the importer wants, in its order."""
    wanted, given = definition.headers, [header for header in headers if header not in NOTE_HEADERS]
    if not wanted or [plain(header) for header in given] == [plain(header) for header in wanted]:
        return None
    lacking, extra = _differences(wanted, given), _differences(given, wanted)
    parts = [f"it lacks {named(lacking)}"] if lacking else []
    parts += [f"it has {named(extra)} beside them"] if extra else []
    text = " and ".join(parts) or "it has them in another order"
    return Misfit(f"The file hasn't the headers that this importer wants: {text}.", f"They are {', '.join(wanted)}.")


def _stray_headers(columns: dict[str, str], ignored: Sequence[str], definition: Definition) -> Misfit | None:
    """Which headers lead nowhere and which columns have none, where the importer is strict about it."""
    lacking = [column.headers[0] for column in definition.file_columns if column.name not in columns.values()]
    if not definition.strict_headers or not (lacking or ignored):
        return None
    parts = [f"no column takes {named(ignored)}"] if ignored else []
    parts += [f"there is none for {named(lacking)}"] if lacking else []
    message = f"This importer is strict about headers: {', and '.join(parts)}."
    return Misfit(message, "Correct the file's first line, or take the columns out that don't belong there.")


def _differences(some: Sequence[str], others: Sequence[str]) -> list[str]:
    known = set(map(plain, others))
    return [header for header in some if plain(header) not in known]


def named(headers: Sequence[str]) -> str:
    """“a”, “b” and “c”"""
    *others, last = [f"“{header}”" for header in headers]
    return f"{', '.join(others)} and {last}" if others else last


def _likely_headers(missing: Sequence[Column], headers: Sequence[str]) -> dict[str, str | None]:
    """For each column the header that it likely means; no header is suggested twice."""
    likely: dict[str, str | None] = {}
    for column in missing:
        likely[column.name] = likely_header(column, [header for header in headers if header not in likely.values()])
    return likely


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


def source_headers(headers: Sequence[str]) -> list[str]:
    """The headers of a file without the notes of a download of failed rows, and as they were before it."""
    if not is_failed_rows_download(headers):
        return list(headers)
    return [unguarded(header) for header in headers if header not in NOTE_HEADERS]


def is_failed_rows_download(headers: Sequence[str]) -> bool:
    """True when the file is a download of failed rows that comes back corrected."""
    return all(header in headers for header in NOTE_HEADERS)
