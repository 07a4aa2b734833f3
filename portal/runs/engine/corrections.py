"""A download of failed rows that comes back corrected: its notes and what it put before formulas are taken off.

As the correction of a run its rows keep the numbers that they had there, since that is how they are settled. A row
without such a number, or with one that came before, is a new row and gets a number that is free.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from portal.runs.engine.frames import PROBLEM, ROW, cell
from portal.runs.engine.mapping import NOTE_HEADERS, is_failed_rows_download
from portal.runs.engine.repeats import SeenKeys

FORMULA_GUARD = r"^'('*[=+\-@\t\r])"
"""What the download of failed rows puts before a cell that a spreadsheet would run as a formula."""


class Notes:
    """The columns of such a download that aren't the source's own; none in any other file."""

    def __init__(self, headers: Sequence[str]) -> None:
        self._headers = headers
        noted = NOTE_HEADERS if is_failed_rows_download(headers) else ()
        self._kept = [position for position, header in enumerate(headers) if header not in noted]
        self.there = bool(noted)

    def taken_off(self, frame: pl.DataFrame, numbers: RowNumbers | None) -> pl.DataFrame:
        """`frame` with the source's own cells, and with old row numbers where `numbers` gives them."""
        if not self.there:
            return frame
        cells = [
            pl.col(cell(old)).str.replace(FORMULA_GUARD, "$1").alias(cell(new)) for new, old in enumerate(self._kept)
        ]
        row = pl.col(ROW)
        if numbers is not None:
            noted = frame[cell(list(self._headers).index("_row_number"))].str.strip_chars()
            row = pl.lit(numbers.given(noted.cast(pl.Int64, strict=False)))
        problem = [PROBLEM] if PROBLEM in frame.columns else []
        return frame.select(row.alias(ROW), *problem, *cells)


class RowNumbers:
    """Gives each row of one file its number; `first_free` and all above it are free for new rows."""

    def __init__(self, first_free: int) -> None:
        self._first_free = self._next = first_free
        self._seen = SeenKeys()

    def given(self, noted: pl.Series) -> pl.Series:
        """The numbers of rows that note `noted` (Int64, null where there is no number)."""
        wanted = noted.fill_null(0).to_numpy().copy()
        kept = (wanted >= 1) & (wanted < self._first_free)
        kept[kept] = self._seen.first_seen(wanted[kept].astype(np.uint64))
        new = int((~kept).sum())
        wanted[~kept] = np.arange(self._next, self._next + new)
        self._next += new
        return pl.Series(ROW, wanted, dtype=pl.Int64)
