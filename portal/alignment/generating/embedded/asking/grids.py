"""Which columns and rows of a table can be asked about: those that have a name, and that the name tells apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from portal.alignment.generating.embedded.vocabulary import EMPTY_CELLS
from portal.alignment.generating.reading.blocks import Row, Table
from portal.alignment.generating.reading.inline import plain

_LETTER = re.compile(r"[^\W\d_]")
_LONGEST_NAME = 80
_MOST_COLUMNS = 12


@dataclass(frozen=True)
class Record:
    """A row under its name, with the numbers of the columns that say something, and what they say (Markdown)."""

    name: str
    row: Row
    cells: dict[int, str]


@dataclass(frozen=True)
class Grid:
    """A table that says something about things that have names: `columns` are the plain headings, `key` is the number
    of the column with the names."""

    table: Table
    columns: tuple[str, ...]
    key: int
    records: tuple[Record, ...]


def grid_of(table: Table) -> Grid | None:
    """The table as a grid; None for one that only arranges things on a page, or whose columns or rows have no names."""
    columns = tuple(plain(column).rstrip(" :") for column in table.columns[:_MOST_COLUMNS])
    key = _key(table, columns)
    told = [number for number, name in enumerate(columns) if number != key and _tells(columns, name)]
    if key is None or not told or not _is_named(table, columns):
        return None
    records = tuple(_records(table, key, [number for number in told if not _only_counts(table, number)]))
    return Grid(table, columns, key, records) if records else None


def _is_named(table: Table, columns: tuple[str, ...]) -> bool:
    """A column without a heading may only be the first, which has the names, or an empty one. Headings that stand among
    the values of their columns are none."""
    return not any(name in values for name, values in _values(table, columns)) and all(
        name or number == 0 or all(row.cells[number].strip() in EMPTY_CELLS for row in table.rows)
        for number, name in enumerate(columns)
    )


def _values(table: Table, columns: tuple[str, ...]) -> Iterator[tuple[str, set[str]]]:
    for number, name in enumerate(columns):
        if name:
            yield name, {plain(row.cells[number]) for row in table.rows}


def _tells(columns: tuple[str, ...], name: str) -> bool:
    return bool(_LETTER.search(name)) and len(name) <= _LONGEST_NAME and columns.count(name) == 1


def _key(table: Table, columns: tuple[str, ...]) -> int | None:
    """The first of the first two columns that has names: words, nearly all of them different."""
    for number in range(min(2, len(columns))):
        names = [plain(row.cells[number]) for row in table.rows]
        with_words = sum(bool(_LETTER.search(name)) for name in names)
        if with_words * 2 > len(names) and len(set(names)) * 5 > len(names) * 3:
            return number
    return None


def _only_counts(table: Table, number: int) -> bool:
    """Whether a column has nothing but running numbers."""
    values = [row.cells[number].strip(" .") for row in table.rows]
    if len(values) < 2 or not all(value.isascii() and value.isdigit() and len(value) < 9 for value in values):
        return False
    return all(int(after) == int(before) + 1 for before, after in pairwise(values))


def _records(table: Table, key: int, told: list[int]) -> Iterator[Record]:
    names = [plain(row.cells[key]).rstrip(" :") for row in table.rows]
    times = Counter(name.casefold() for name in names)
    for name, row in zip(names, table.rows, strict=True):
        cells = {
            number: row.cells[number] for number in told if row.cells[number].strip().casefold() not in EMPTY_CELLS
        }
        if cells and _LETTER.search(name) and len(name) <= _LONGEST_NAME and times[name.casefold()] == 1:
            yield Record(name, row, cells)
