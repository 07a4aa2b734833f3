"""Which rows of a run are kept, and why they failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.extensions import db
from portal.lifecycle import RowStatus
from portal.runs.models import IngestErrorGroup, IngestRow, IngestRowError, IngestRun
from portal.web.paging import Page, paginate

STREAM_ROWS = 5_000
"""Failed rows that a download reads at a time."""


@dataclass(frozen=True)
class KeptRow:
    """A row that is kept, with its failures as (field, message, value): none unless it failed."""

    row_number: int
    status: RowStatus
    data: dict[str, str]
    settled_by_run_id: int | None
    errors: list[tuple[str, str, str | None]]

    @property
    def message(self) -> str:
        """All its failures in one line, with the values that failed."""
        return " ".join(f"{text} ({value})" if value else text for _, text, value in self.errors)


@dataclass(frozen=True)
class RowFailure:
    """One failure of a row; `key` names the group of rows that fail alike, `value` is what failed."""

    key: str
    field: str
    rule: str
    message: str
    value: str | None
    suggested_fix: str


def error_groups(run_id: int) -> Sequence[IngestErrorGroup]:
    """Why rows of the run failed, the most frequent cause first."""
    query = select(IngestErrorGroup).where(IngestErrorGroup.run_id == run_id)
    return db.session.scalars(query.order_by(IngestErrorGroup.count.desc(), IngestErrorGroup.id)).all()


def find_group(run_id: int, key: str) -> IngestErrorGroup | None:
    """One group of the run by its key."""
    query = select(IngestErrorGroup).where(IngestErrorGroup.run_id == run_id, IngestErrorGroup.key == key)
    return db.session.scalars(query).one_or_none()


def rows_of_group(run: IngestRun, group: IngestErrorGroup, page: int = 1, per_page: int = 20) -> Page[KeptRow]:
    """The failed rows of a group of `run` in order; two queries."""
    query = (
        select(IngestRow)
        .join(
            IngestRowError,
            (IngestRow.run_id == group.run_id) & (IngestRowError.row_number == IngestRow.row_number),
        )
        .where(IngestRowError.group_id == group.id)
        .order_by(IngestRowError.row_number)
    )
    found = paginate(db.session, query, page, per_page, total=group.count)
    return Page(_with_errors(run.id, run.headers, found.items), found.page, found.per_page, found.total)


def rows_of(run: IngestRun, *, status: str = "", page: int = 1, per_page: int = 20) -> Page[KeptRow]:
    """The rows that are kept of `run`, in order; those with `status` alone where it is given; three queries."""
    query = select(IngestRow).where(IngestRow.run_id == run.id).order_by(IngestRow.row_number)
    if status:
        query = query.where(IngestRow.status == status)
    found = paginate(db.session, query, page, per_page, total=run.failed if status == RowStatus.FAILED else None)
    return Page(_with_errors(run.id, run.headers, found.items), found.page, found.per_page, found.total)


def find_row(run: IngestRun, row_number: int) -> KeptRow | None:
    """One row that is kept of `run`, or None."""
    row = db.session.get(IngestRow, (run.id, row_number))
    return _with_errors(run.id, run.headers, [row])[0] if row else None


def failures_of_row(run_id: int, row_number: int) -> list[RowFailure]:
    """Why one row failed, with what to do about each."""
    query = (
        select(IngestErrorGroup, IngestRowError.value)
        .join(IngestRowError, IngestRowError.group_id == IngestErrorGroup.id)
        .where(IngestErrorGroup.run_id == run_id, IngestRowError.row_number == row_number)
        .order_by(IngestErrorGroup.id)
    )
    return [
        RowFailure(group.key, group.field, group.rule, group.message, value, group.suggested_fix)
        for group, value in db.session.execute(query)
    ]


def open_failed_rows(run: IngestRun) -> Iterator[KeptRow]:
    """All failed rows of the run that no later run has brought in, in order, read as they are asked for."""
    run_id, headers, after = run.id, run.headers, -1
    while True:
        query = (
            select(IngestRow.row_number, IngestRow.status, IngestRow.cells, IngestRow.settled_by_run_id)
            .where(IngestRow.run_id == run_id, IngestRow.status == RowStatus.FAILED)
            .where(IngestRow.settled_by_run_id.is_(None), IngestRow.row_number > after)
            .order_by(IngestRow.row_number)
            .limit(STREAM_ROWS)
        )
        rows = db.session.execute(query).all()
        if not rows:
            return
        after = rows[-1].row_number
        failed = _with_errors(run_id, headers, rows)
        db.session.commit()  # a slow reader of the download must not hold a read transaction open
        yield from failed


def _with_errors(run_id: int, headers: Sequence[str], rows: Sequence[Any]) -> list[KeptRow]:
    """`rows` with their failures: one query for all. A range instead of a list of numbers would read all that lies
    between the rows of a group."""
    if not rows:
        return []
    query = (
        select(IngestRowError.row_number, IngestErrorGroup.field, IngestErrorGroup.message, IngestRowError.value)
        .join(IngestErrorGroup, IngestErrorGroup.id == IngestRowError.group_id)
        .where(IngestErrorGroup.run_id == run_id)
        .where(IngestRowError.row_number.in_([row.row_number for row in rows]))
        .order_by(IngestRowError.row_number, IngestRowError.group_id)
    )
    errors: dict[int, list[tuple[str, str, str | None]]] = {}
    for number, field, message, value in db.session.execute(query):
        errors.setdefault(number, []).append((field, message, value))
    return [
        KeptRow(
            row.row_number,
            row.status,
            dict(zip(headers, row.cells, strict=True)),
            row.settled_by_run_id,
            errors.get(row.row_number, []),
        )
        for row in rows
    ]
