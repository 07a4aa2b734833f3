"""CSV: one table."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from portal.documents import failures
from portal.documents.converting import Markdown, Source
from portal.documents.failures import ConversionFailed
from portal.documents.texts.decoding import text_of
from portal.documents.writing import tables

_DELIMITERS = ",;\t|"
_SAMPLE = 64 << 10
_LONGEST_CELL = 1 << 20


def convert(source: Source) -> Markdown:
    """The rows as a table, the first as its header. Raises ConversionFailed."""
    text = text_of(source.path)
    csv.field_size_limit(_LONGEST_CELL)
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text[:_SAMPLE])))
    except csv.Error as error:
        raise ConversionFailed(failures.MALFORMED, str(error)) from error
    return Markdown(tables.table([tables.cell(cell) for cell in row] for row in rows))


def _delimiter(sample: str) -> str:
    """The one with which most rows have the same number of cells, of those the one that makes most cells."""
    lines = sample.splitlines(keepends=True)[:50]
    return max(_DELIMITERS, key=lambda delimiter: _regularity(_widths(lines, delimiter)))


def _widths(lines: list[str], delimiter: str) -> list[int]:
    try:
        return [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return []


def _regularity(widths: Iterable[int]) -> tuple[float, int]:
    widths = list(widths)
    usual = max(set(widths), key=widths.count, default=1)
    return (widths.count(usual) / len(widths), usual) if usual > 1 else (0, 0)
