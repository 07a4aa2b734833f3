"""XLSX: Excel since 2007. Each sheet is a heading and a table, with numbers and dates as Excel shows them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from itertools import groupby

from portal.documents import failures
from portal.documents.converting import Markdown, Source
from portal.documents.failures import ConversionFailed
from portal.documents.office import package, plausibility, workbook
from portal.documents.office.package import Prepared
from portal.documents.office.workbook import Workbook
from portal.documents.writing import tables

WIDE = 100
"""Columns. In wider tables, those without any text go: a note far to the right makes thousands of them."""

_SEPARATOR = re.compile(r"\|(?: --- \|)+")
_BETWEEN_CELLS = re.compile(r"(?<!\\)\|")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)[ >]")


def convert(source: Source) -> Markdown:
    """The sheets with anything in them, in order. Raises ConversionFailed."""
    book = workbook.seen(package.prepare(source))
    text = "\n".join(_tidied(_read(book.prepared)))
    if not text.strip() and not book.prepared.letters:
        plausibility.check(text, book.prepared)
    _refuse_missing_sheets(text, book)
    return Markdown(text, notes=[f"The sheet “{name}” is hidden, so it was left out." for name in book.hidden])


def _read(prepared: Prepared) -> str:
    import office_oxide

    try:
        return office_oxide.to_markdown(str(prepared.path))
    except office_oxide.OfficeOxideError as error:
        raise ConversionFailed(failures.OFFICE_DAMAGED, str(error)) from error


def _tidied(text: str) -> Iterator[str]:
    for is_table, group in groupby(text.split("\n"), lambda line: line.startswith("|")):
        lines = list(group)
        yield from _table(lines) if is_table else lines


def _table(lines: list[str]) -> list[str]:
    """Without rows that hold nothing: a sheet can have a million of them."""
    rows = [line for number, line in enumerate(lines) if number != 1 and line.strip("| ")]
    if not rows or len(lines) < 2:
        return rows
    if lines[1].count("|") > WIDE:
        return tables.table(_dense(rows)).split("\n")
    return [rows[0], lines[1], *rows[1:]]


def _dense(rows: list[str]) -> list[list[str]]:
    cells = [[cell.strip() for cell in _BETWEEN_CELLS.split(row)[1:-1]] for row in rows]
    used = sorted({column for row in cells for column, cell in enumerate(row) if cell})
    return [[row[column] if column < len(row) else "" for column in used] for row in cells]


def _refuse_missing_sheets(text: str, book: Workbook) -> None:
    """The reader leaves out a sheet that is too much for it, without a word."""
    written = sum(_SEPARATOR.fullmatch(line) is not None for line in text.split("\n"))
    with zipfile.ZipFile(book.prepared.path) as archive:
        filled = sum(_VALUE.search(archive.read(name)) is not None for name in book.parts)
    if written < filled:
        raise ConversionFailed(failures.TOO_LONG, f"{written} of {filled} sheets were read")
