"""Calling `after_row` for each row that went in, in the transaction that wrote it.

All rows are written first, then the hook is called for each. Where it raises for one, all is taken back and written
again in parts, until those rows stand alone; they aren't in then, nor is what the hook wrote for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
from sqlalchemy import Connection

from portal.runs.engine.frames import ROW
from portal.runs.engine.hooks import RefusedRows
from portal.runs.engine.target import Written
from portal.runs.engine.validating import FailedCells

Write = Callable[[pl.DataFrame], tuple[Written, list[FailedCells]]]
"""Writes rows in the open transaction; tells what didn't go in, and which rows failed before."""


def write_followed(
    connection: Connection, rows: pl.DataFrame, write: Write, after_row: Callable[[dict[str, Any]], object]
) -> tuple[Written, list[FailedCells]]:
    """Write `rows` (`_row` and the typed columns) and call `after_row` for each that went in; returns what didn't go
    in, and the rows that failed before, or that the hook refused."""
    written, failed, refused = Written(), list[FailedCells](), RefusedRows("after_row")
    start, size = 0, rows.height
    while start < rows.height:
        part = rows.slice(start, size)
        savepoint = connection.begin_nested()
        told, lost = write(part)
        not_in = told.not_in.union(*(cells.rows.to_list() for cells in lost))
        raised = _first_raised(part, not_in, after_row)
        if raised is None:
            savepoint.commit()
            written, failed = written.with_those_of(told), failed + lost
            start, size = start + part.height, size * 2
            continue
        savepoint.rollback()
        place, row, error = raised
        if place:  # those before it are sound
            size = place
        else:
            refused.add(part[ROW][0], error, row)
            start, size = start + 1, max(size // 2, 1)
    return written, failed + refused.cells()


def _first_raised(
    part: pl.DataFrame, not_in: set[int], after_row: Callable[[dict[str, Any]], object]
) -> tuple[int, dict[str, Any], Exception] | None:
    """The place in `part` of the first row that the hook raises for, with its values and the error."""
    for place, row in enumerate(part.iter_rows(named=True)):
        if row.pop(ROW) in not_in:
            continue
        try:
            after_row(row)
        except Exception as error:  # whatever the author's code raises
            return place, row, error
    return None
