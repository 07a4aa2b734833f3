"""The columns of a draft: those of the file, those of the table, or both brought together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from rapidfuzz import fuzz, process

from portal.importers import URL, Date, DateTime, Decimal, Email, Integer, Number, Text
from portal.importers.drafting.draft import ColumnDraft, header_for, same_header
from portal.importers.drafting.guessing import guess, null_words, without
from portal.importers.drafting.naming import attribute
from portal.importers.drafting.sample_files import Sample
from portal.importers.drafting.tables import TableFacts
from portal.importers.headers import plain

KEY_WORDS = ("id", "key", "code", "number", "no", "nr", "sku", "uuid", "email", "mail", "slug")
"""Last words of the names that columns have which tell rows apart."""

LIKELY = 80
"""From which likeness, of 100, a header is taken for a column."""

AS_THE_FILE_HAS_IT = {Date: "formats", DateTime: "formats", Number: "locale", Integer: "locale", Decimal: "locale"}
"""The setting of each kind that depends on how a file writes its values."""


@dataclass(frozen=True)
class Matched:
    """What a draft takes from the table and the file."""

    columns: tuple[ColumnDraft, ...]
    key: tuple[str, ...]
    null_values: tuple[str, ...]
    left_out: tuple[str, ...]


def of_file(sample: Sample) -> Matched:
    """A column for each header, with a key where one column's values are all there and all different."""
    nulls = null_words(sample.rows)
    columns: list[ColumnDraft] = []
    left_out: list[str] = []
    for position, (header, texts) in enumerate(zip(sample.rows.columns, sample.rows.iter_columns(), strict=True), 1):
        column = _column_of(header, position, without(texts, nulls))
        if twin := next((other for other in columns if _lead_to_one(column, other)), None):
            left_out.append(f"The file's header “{header}” is left out: it can't be told from that of {twin.name}.")
        else:
            columns.append(column)
    return Matched(tuple(columns), _likely_key(columns, sample, nulls), tuple(nulls), tuple(left_out))


def of_table(table: TableFacts) -> Matched:
    """The table's columns; a number that it gives by itself is left to it where rows are known by something else."""
    key = next((key for key in table.keys if key != (table.numbered,)), table.keys[0] if table.keys else ())
    if table.numbered is None or key == (table.numbered,):
        return Matched(table.columns, key, (), table.left_out)
    columns = tuple(column for column in table.columns if column.name != table.numbered)
    return Matched(columns, key, (), (*table.left_out, _numbered_by_itself(table.numbered)))


def of_both(table: TableFacts, sample: Sample) -> Matched:
    """The table's columns with the file's headers for them."""
    file = of_file(sample)
    headers = _headers_by_column(table.columns, sample.rows.columns)
    of_header = {column.settings.get("header", column.name): column for column in file.columns}
    columns = [_as_in_file(column, of_header.get(headers.get(column.name, ""))) for column in table.columns]
    left_out = [*table.left_out]
    if table.numbered and table.numbered not in headers:
        columns = [column for column in columns if column.name != table.numbered]
        left_out.append(_numbered_by_itself(table.numbered))
    left_out += [
        f"The file's header “{header}” is left out: the table has no such column."
        for header in sample.rows.columns
        if header not in headers.values()
    ]
    key = next((key for key in table.keys if headers.keys() >= set(key)), ())
    return Matched(tuple(columns), key, file.null_values, tuple(left_out))


def _column_of(header: str, position: int, values: pl.Series) -> ColumnDraft:
    name = attribute(header, position)
    guessed = guess(values)
    required = True if len(values) and not values.null_count() else None
    draft = ColumnDraft(name, guessed.kind, {}, guessed.comment)
    return draft.with_settings(**header_for(name, header), **guessed.settings, required=required)


def _lead_to_one(one: ColumnDraft, other: ColumnDraft) -> bool:
    """Whether a header of the one leads to the other as well."""
    ours, theirs = ({plain(column.name), plain(column.settings.get("header", ""))} - {""} for column in (one, other))
    return not ours.isdisjoint(theirs)


def _likely_key(columns: Sequence[ColumnDraft], sample: Sample, nulls: Sequence[str]) -> tuple[str, ...]:
    distinct = [
        column.name
        for column in columns
        if column.kind in (Integer, Text, Email, URL) and column.needs_a_value and _all_different(column, sample, nulls)
    ]
    named = [name for name in distinct if name.rpartition("_")[2] in KEY_WORDS]
    return tuple((named or distinct)[:1])


def _all_different(column: ColumnDraft, sample: Sample, nulls: Sequence[str]) -> bool:
    values = without(sample.rows[column.settings.get("header", column.name)], nulls)
    return len(values) > 1 and bool(values.is_unique().all())


def _headers_by_column(columns: Sequence[ColumnDraft], headers: Sequence[str]) -> dict[str, str]:
    """Column -> header: those that are alike but for case and punctuation, then those that look so."""
    found = {column.name: header for column in columns for header in headers if same_header(column.name, header)}
    for column in columns:
        left = [header for header in headers if header not in found.values()]
        if column.name not in found and left:
            likely = process.extractOne(column.name, left, scorer=fuzz.ratio, processor=plain, score_cutoff=LIKELY)
            found |= {column.name: likely[0]} if likely else {}
    return found


def _as_in_file(column: ColumnDraft, found: ColumnDraft | None) -> ColumnDraft:
    """The table's `column`, read as the file writes it; `found` is what the file alone would make of it."""
    if found is None:
        needed = column.needs_a_value
        return column.commented("The file has no header for it, and each row needs a value.") if needed else column
    header = header_for(column.name, found.settings.get("header", found.name))
    if column.kind is Text and found.kind in (Email, URL) and "maximum" not in column.settings:
        return ColumnDraft(column.name, found.kind, {}).with_settings(**column.settings, **header)
    setting = AS_THE_FILE_HAS_IT.get(column.kind, "")
    if setting in found.settings:
        return column.with_settings(**header, **{setting: found.settings[setting]}).commented(found.comment)
    return column.with_settings(**header)


def _numbered_by_itself(name: str) -> str:
    return f"The table's column {name} is left out: the database numbers its rows by itself."
