"""Questions about tables: single cells, whole rows, and which rows have a value in common."""

from __future__ import annotations

from collections.abc import Iterator

from portal.alignment.generating.embedded.asking.asking import Asking
from portal.alignment.generating.embedded.asking.definitions import MEANING
from portal.alignment.generating.embedded.asking.grids import Grid, Record, grid_of
from portal.alignment.generating.embedded.asking.places import quoted
from portal.alignment.generating.embedded.vocabulary import EMPTY_CELLS, MEANINGS
from portal.alignment.generating.pairs import Pair, PairKind
from portal.alignment.generating.reading.blocks import Table
from portal.alignment.generating.reading.inline import plain, readable

_CELL = (
    "What does {title} give as {column} for {name}{where}?",
    "In the table{where} of {title}, what is the value of {column} for {name}?",
    "According to {title}, what is given{where} as {column} for {name}?",
    "For {name}, what does {title} give as {column}{where}?",
)
_CELL_OF_NAMED = (
    "In {title}, where {key} is {name}, what is the value of {column}{where}?",
    "What does {title} give{where} as {column} where {key} is {name}?",
    *_CELL,
)
_ROW = (
    "What does the table{where} in {title} say about {name}?",
    "In {title}, what does the table{where} show for {name}?",
)
_VALUES = (
    "In the table{where} of {title}, what are the values of {others} and {column} for {name}?",
    "What does {title} give as {others} and {column} for {name}{where}?",
)
_SHARING = (
    "In the table{where} of {title}, where is {column} {value}? Name each {key}.",
    "Which entries in the column {key} have {value} as {column} in the table{where} of {title}?",
)
_GIVEN = (
    "What does {title} give as {name}{where}?",
    "What is given as {name}{where} in {title}?",
    "In {title}, what is stated as {name}{where}?",
)
_LONGEST_VALUE = 40
_MOST_SHARING = 12


def pairs_about_tables(asking: Asking) -> Iterator[Pair]:
    """Of each table whose rows and columns have names. The passage of a later piece of a long table doesn't have its
    head, so the question names the columns."""
    for table in asking.draft.blocks:
        if isinstance(table, Table):
            if _is_record(table):
                yield from _named_values(asking, table)
            elif grid := grid_of(table):
                yield from _about(asking, grid)


def _is_record(table: Table) -> bool:
    """Two columns, of which the first names what the second gives: its head isn't one of columns."""
    return len(table.columns) == 2 and not table.columns[1].strip()


def _named_values(asking: Asking, table: Table) -> Iterator[Pair]:
    for row in table.rows:
        name = plain(row.cells[0]).rstrip(" :")
        if name.casefold() not in EMPTY_CELLS and row.cells[1].strip().casefold() not in EMPTY_CELLS:
            over = (row.start, row.end)
            yield from asking.pair(PairKind.TABLE, _GIVEN, readable(row.cells[1]), over, name=quoted(name))


def _about(asking: Asking, grid: Grid) -> Iterator[Pair]:
    is_glossary = len(grid.columns) == 2 and grid.columns[1].casefold() in MEANINGS
    for record in grid.records:
        if is_glossary:
            yield from _meaning(asking, grid, record)
        elif grid.table.head is None:
            yield from _values(asking, grid, record)
        else:
            yield from _cells(asking, grid, record)
            yield from _row(asking, grid, record)
    if grid.table.is_whole and not is_glossary:
        yield from _sharing(asking, grid)


def _meaning(asking: Asking, grid: Grid, record: Record) -> Iterator[Pair]:
    over = (record.row.start, record.row.end)
    answer = readable(record.cells[1 - grid.key])
    yield from asking.pair(PairKind.DEFINITION, MEANING, answer, over, term=quoted(record.name))


def _cells(asking: Asking, grid: Grid, record: Record) -> Iterator[Pair]:
    key = grid.columns[grid.key]
    over = (record.row.start, record.row.end)
    for number, cell in record.cells.items():
        words = {"name": quoted(record.name), "column": quoted(grid.columns[number])}
        wordings = _CELL_OF_NAMED if key else _CELL
        yield from asking.pair(PairKind.TABLE, wordings, readable(cell), over, **words, key=quoted(key))


def _row(asking: Asking, grid: Grid, record: Record) -> Iterator[Pair]:
    """With the head of the table, without which a row says little."""
    if len(record.cells) > 2 and grid.table.head is not None:
        answer = readable(f"{grid.table.head}\n{record.row.text}")
        over = (grid.table.start, record.row.end)
        yield from asking.pair(PairKind.TABLE, _ROW, answer, over, name=quoted(record.name))


def _values(asking: Asking, grid: Grid, record: Record) -> Iterator[Pair]:
    columns = [quoted(grid.columns[number]) for number in record.cells]
    answer = "; ".join(readable(cell) for cell in record.cells.values())
    over = (record.row.start, record.row.end)
    words = {"name": quoted(record.name), "column": columns[-1], "others": ", ".join(columns[:-1])}
    yield from asking.pair(PairKind.TABLE, _VALUES if words["others"] else _CELL, answer, over, **words)


def _sharing(asking: Asking, grid: Grid) -> Iterator[Pair]:
    """Values that some of the rows have, but less than half of them."""
    for number, column in enumerate(grid.columns):
        for value, records in _by_value(grid, number).items():
            if 1 < len(records) <= min(_MOST_SHARING, len(grid.records) // 2) and grid.columns[grid.key]:
                answer = "\n".join(f"- {record.row.cells[grid.key].strip()}" for record in records)
                over = (records[0].row.start, records[-1].row.end)
                words = {"column": quoted(column), "value": quoted(value), "key": quoted(grid.columns[grid.key])}
                yield from asking.pair(PairKind.TABLE, _SHARING, readable(answer), over, **words)


def _by_value(grid: Grid, number: int) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in grid.records:
        value = plain(record.cells.get(number, ""))
        if value and len(value) <= _LONGEST_VALUE:
            found.setdefault(value, []).append(record)
    return found
