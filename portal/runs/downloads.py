"""Failed rows as CSV: the original columns, then what was wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from portal.exports.formats import csv_lines, lines_of_text
from portal.exports.formulas import guarded, guarded_cells

if TYPE_CHECKING:
    from portal.runs.queries import FailedRows

MARK = "\ufeff"
"""Lets spreadsheets see that it is UTF-8; the reader takes it off again."""


def failed_rows_csv(headers: Sequence[str], batches: Iterable[FailedRows]) -> Iterator[str]:
    """The lines of the file, a batch at a time. It can be corrected and uploaded to the same importer as it is."""
    before = MARK + csv_lines([[*map(guarded, headers), "_error_message", "_row_number"]])
    for rows in batches:
        yield before + lines_of_text(
            [
                [*guarded_cells(cells), guarded(message), str(number)]
                for cells, message, number in zip(rows.cells, rows.messages, rows.numbers, strict=True)
            ]
        )
        before = ""
    if before:
        yield before
