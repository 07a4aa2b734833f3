"""The portal's own books of a chunk: failed rows, why they failed, counts. Written with the target rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from portal.database import AnySession
from portal.lifecycle import RowStatus
from portal.runs.engine.frames import PROBLEM, ROW, cells_json
from portal.runs.engine.outcomes import Outcome
from portal.runs.engine.rules import Failure
from portal.runs.engine.target import load
from portal.runs.engine.validating import FailedCells
from portal.runs.models import IngestErrorGroup, IngestRow, IngestRowError, IngestRun


class Books:
    """Enters the rows of one chunk that are kept, whose raw cells are in `frame`."""

    def __init__(self, session: AnySession, run_id: int, frame: pl.DataFrame) -> None:
        self._session = session
        self._run_id = run_id
        self._frame = frame
        self._rows = self._packed(pl.Series(ROW, [], dtype=pl.Int64))

    def prepare(self, numbers: pl.Series) -> None:
        """Bring the rows with these `numbers` into the form in which they are kept, before others wait."""
        self._rows = self._packed(numbers)

    def enter(self, outcome: Outcome) -> int:
        """Keep all failed rows with their failures; returns how many rows failed."""
        if not outcome.failed:
            return 0
        numbers = outcome.failed_rows
        self._load(numbers, RowStatus.FAILED)
        # Workers of one run wait for each other at the groups they share, and never crosswise: so in one order.
        for cells in sorted(outcome.failed, key=lambda cells: cells.failure.key):
            self._enter_cells(cells)
        return len(numbers)

    def enter_left_out(self, outcome: Outcome) -> None:
        """Keep the rows that are known to be left out."""
        self._load(pl.Series(ROW, outcome.left_out, dtype=pl.Int64), RowStatus.SKIPPED)

    def enter_successful(self, outcome: Outcome) -> None:
        """Keep the rows that neither failed nor are known to be left out."""
        others = pl.concat([outcome.failed_rows, pl.Series(ROW, outcome.left_out, dtype=pl.Int64)])
        self._load(self._frame[ROW].filter(~self._frame[ROW].is_in(others.implode())), RowStatus.SUCCESSFUL)

    def _load(self, numbers: pl.Series, status: RowStatus) -> None:
        rows = self._rows.filter(pl.col("row_number").is_in(numbers.implode()))
        if rows.height < len(numbers):
            late = numbers.filter(~numbers.is_in(rows["row_number"].implode()))
            rows = pl.concat([rows, self._packed(late)])
        if rows.height:
            marked = rows.with_columns(pl.lit(status.value).alias("status"))
            load(self._session.connection(), IngestRow.__tablename__, marked)

    def _packed(self, numbers: pl.Series) -> pl.DataFrame:
        rows = self._frame.filter(pl.col(ROW).is_in(numbers.implode())) if len(numbers) else self._frame.clear()
        problem = pl.col(PROBLEM) if PROBLEM in rows.columns else pl.lit(None, dtype=pl.String)
        return rows.select(
            pl.lit(self._run_id, dtype=pl.Int64).alias("run_id"),
            pl.col(ROW).alias("row_number"),
            cells_json(rows).alias("cells"),
            problem.alias("malformed"),
        )

    def _enter_cells(self, cells: FailedCells) -> None:
        group_id = self._count_in_group(cells.failure, len(cells.rows))
        errors = pl.DataFrame({"row_number": cells.rows, "value": cells.values})
        group = pl.lit(group_id, dtype=pl.Int64).alias("group_id")
        load(self._session.connection(), IngestRowError.__tablename__, errors.select(group, "row_number", "value"))

    def _count_in_group(self, failure: Failure, rows: int) -> int:
        """Add `rows` to the group of `failure`, making it where it isn't there; returns its id."""
        group = self._insert().values(
            run_id=self._run_id,
            key=failure.key[:120],
            field=failure.field[:100],
            rule=failure.rule,
            message=failure.message,
            suggested_fix=failure.fix,
            count=rows,
        )
        counted = {"count": IngestErrorGroup.count + rows}
        upsert = group.on_conflict_do_update(index_elements=["run_id", "key"], set_=counted)
        return int(self._session.scalar(upsert.returning(IngestErrorGroup.id)) or 0)

    def _insert(self) -> Any:
        database = self._session.connection().dialect.name
        return (postgresql if database == "postgresql" else sqlite).insert(IngestErrorGroup)


def settle_rows(session: AnySession, relatives: Sequence[int], run_id: int, settled: pl.Series) -> None:
    """Mark the rows numbered `settled` of all `relatives` as brought in by `run_id`."""
    if not len(settled):
        return
    numbers = settled.to_list()
    for relative in relatives:
        marked = 0
        for start in range(0, len(numbers), SETTLED_AT_ONCE):
            result = session.execute(
                update(IngestRow)
                .where(IngestRow.run_id == relative, IngestRow.status == RowStatus.FAILED)
                .where(IngestRow.settled_by_run_id.is_(None))
                .where(IngestRow.row_number.in_(numbers[start : start + SETTLED_AT_ONCE]))
                .values(settled_by_run_id=run_id)
                .execution_options(synchronize_session=False)
            )
            marked += result.rowcount  # type: ignore[attr-defined]  # an UPDATE's result has it
        session.execute(update(IngestRun).where(IngestRun.id == relative).values(settled=IngestRun.settled + marked))


SETTLED_AT_ONCE = 500
"""Row numbers in one UPDATE."""
