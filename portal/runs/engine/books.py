"""The portal's own books of a chunk: failed rows, why they failed, counts. Written with the target rows."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from sqlalchemy import select, update

from portal.database import AnySession
from portal.runs.engine.frames import PROBLEM, ROW, cells_json
from portal.runs.engine.rules import Failure
from portal.runs.engine.target import insert_many
from portal.runs.engine.validating import FailedCells
from portal.runs.models import IngestErrorGroup, IngestRow, IngestRowError, IngestRun


def book_failures(session: AnySession, run_id: int, frame: pl.DataFrame, failed: list[FailedCells]) -> int:
    """Keep the failed rows of a chunk with their raw cells and failures; returns how many rows failed."""
    if not failed:
        return 0
    numbers = pl.concat([cells.rows for cells in failed]).unique()
    rows = frame.filter(pl.col(ROW).is_in(numbers.implode()))
    _insert_rows(session, run_id, rows)
    for cells in failed:
        group_id = _count_in_group(session, run_id, cells.failure, len(cells.rows))
        _insert_errors(session, group_id, cells)
    return rows.height


def settle_rows(session: AnySession, relatives: Sequence[int], run_id: int, settled: pl.Series) -> None:
    """Mark the rows numbered `settled` of all `relatives` as brought in by `run_id`."""
    if not len(settled):
        return
    for relative in relatives:
        result = session.connection().exec_driver_sql(
            "UPDATE ingest_rows SET settled_by_run_id = ? "
            "WHERE run_id = ? AND row_number = ? AND settled_by_run_id IS NULL",
            [(run_id, relative, number) for number in settled.to_list()],
        )
        session.execute(
            update(IngestRun)
            .where(IngestRun.id == relative)
            .values(settled=IngestRun.settled + max(result.rowcount, 0))
        )


def _insert_rows(session: AnySession, run_id: int, rows: pl.DataFrame) -> None:
    problem = pl.col(PROBLEM) if PROBLEM in rows.columns else pl.lit(None, dtype=pl.String)
    values = rows.select(pl.lit(run_id).alias("run_id"), ROW, cells_json(rows), problem.alias("malformed"))
    statement = f"INSERT INTO {IngestRow.__tablename__} (run_id, row_number, cells, malformed) VALUES (?, ?, ?, ?)"  # noqa: S608 - our own name
    insert_many(session.connection(), statement, values)


def _count_in_group(session: AnySession, run_id: int, failure: Failure, rows: int) -> int:
    """Add `rows` to the group of `failure`, making it where it isn't there; returns its id."""
    group = session.scalar(
        select(IngestErrorGroup).where(IngestErrorGroup.run_id == run_id, IngestErrorGroup.key == failure.key)
    )
    if group is None:
        group = IngestErrorGroup(
            run_id=run_id,
            key=failure.key,
            field=failure.field,
            rule=failure.rule,
            message=failure.message,
            suggested_fix=failure.fix,
            count=0,
        )
        session.add(group)
        session.flush()
    session.execute(
        update(IngestErrorGroup).where(IngestErrorGroup.id == group.id).values(count=IngestErrorGroup.count + rows)
    )
    return group.id


def _insert_errors(session: AnySession, group_id: int, cells: FailedCells) -> None:
    frame = pl.DataFrame({ROW: cells.rows, "value": cells.values})
    statement = f"INSERT INTO {IngestRowError.__tablename__} (group_id, row_number, value) VALUES (?, ?, ?)"  # noqa: S608 - our own name
    insert_many(session.connection(), statement, frame.select(pl.lit(group_id).alias("group_id"), ROW, "value"))
