"""Failed rows as CSV: the original columns, then what was wrong. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

FORMULA = re.compile(r"'*[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?[\d.,]+(e[+-]?\d+)?", re.IGNORECASE)
ROWS_AT_A_TIME = 500


class Failed(Protocol):
    """A failed row with its raw cells by header, and why it failed in one line."""

    @property
    def row_number(self) -> int: ...
    @property
    def data(self) -> dict[str, str]: ...
    @property
    def message(self) -> str: ...


def failed_rows_csv(headers: Sequence[str], rows: Iterable[Failed]) -> Iterator[str]:
    """The lines of the file, some at a time. It can be corrected and uploaded to the same importer as it is."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    # The mark lets spreadsheets see that it is UTF-8; the reader takes it off again.
    buffer.write("\ufeff")
    writer.writerow([*map(guarded, headers), "_error_message", "_row_number"])
    for count, row in enumerate(rows, start=1):
        cells = [guarded(row.data.get(header) or "") for header in headers]
        writer.writerow([*cells, guarded(row.message), row.row_number])
        if count % ROWS_AT_A_TIME == 0:
            yield _emptied(buffer)
    yield _emptied(buffer)


def guarded(cell: str) -> str:
    """`cell` so that no spreadsheet runs it as a formula; plain numbers stay as they are.

    See https://owasp.org/www-community/attacks/CSV_Injection. `unguarded` takes the apostrophe off again: so a
    cell that has apostrophes before its formula gets one more.
    """
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _emptied(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
