"""Which rows of a run are kept, and why they failed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from portal.extensions import db
from portal.lifecycle import RowStatus
from portal.runs.models import IngestErrorGroup, IngestRow, IngestRowError, IngestRun
from portal.web.paging import Page, paginate


@dataclass(frozen=True)
class KeptRow:
    """A row that is kept, with its failures as (field, message, value): none unless it failed."""

    row_number: int
    status: RowStatus
    data: dict[str, str]
    settled_by_run_id: int | None
    errors: list[tuple[str, str, str | None]]
    edited_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it failed and no later run has brought it in."""
        return self.status == RowStatus.FAILED and self.settled_by_run_id is None

    @property
    def version(self) -> str:
        """Names the cells as they are now: another after each edit that changes one."""
        cells = json.dumps(list(self.data.values()), separators=(",", ":"))
        return hashlib.sha256(cells.encode()).hexdigest()[:16]

    @property
    def message(self) -> str:
        """All its failures in one line, with the values that failed."""
        return " ".join(failure_text(text, value) for _, text, value in self.errors)


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


def rows_of_group(
    run: IngestRun, group: IngestErrorGroup, page: int = 1, per_page: int = 20, *, beyond: bool = False
) -> Page[KeptRow]:
    """The failed rows of a group of `run` in order; two queries. `beyond` as in `paginate`."""
    found = paginate(db.session, rows_alike(group), page, per_page, total=group.count, beyond=beyond)
    return Page(with_errors(run.id, run.headers, found.items), found.page, found.per_page, found.total)


def rows_of(
    run: IngestRun, *, status: str = "", page: int = 1, per_page: int = 20, beyond: bool = False
) -> Page[KeptRow]:
    """The rows that are kept of `run`, in order; those with `status` alone where it is given; three queries. `beyond`
    as in `paginate`."""
    total = run.failed if status == RowStatus.FAILED else None
    query = rows_in_order(run.id, status=status)
    found = paginate(db.session, query, page, per_page, total=total, beyond=beyond)
    return Page(with_errors(run.id, run.headers, found.items), found.page, found.per_page, found.total)


def find_row(run: IngestRun, row_number: int) -> KeptRow | None:
    """One row that is kept of `run`, or None."""
    row = db.session.get(IngestRow, (run.id, row_number))
    return with_errors(run.id, run.headers, [row])[0] if row else None


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


def failure_text(message: str, value: str | None) -> str:
    """One failure in words, with the value that failed where there is one."""
    return f"{message} ({value})" if value else message


def rows_in_order(run_id: int, *, status: str = "") -> Select[IngestRow]:
    """The rows that are kept of the run; those with `status` alone where it is given."""
    query = select(IngestRow).where(IngestRow.run_id == run_id).order_by(IngestRow.row_number)
    return query.where(IngestRow.status == status) if status else query


def rows_alike(group: IngestErrorGroup) -> Select[IngestRow]:
    """The rows of a group of failures in order."""
    return (
        select(IngestRow)
        .join(
            IngestRowError,
            (IngestRow.run_id == group.run_id) & (IngestRowError.row_number == IngestRow.row_number),
        )
        .where(IngestRowError.group_id == group.id)
        .order_by(IngestRowError.row_number)
    )


def with_errors(run_id: int, headers: Sequence[str], rows: Sequence[Any]) -> list[KeptRow]:
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
            row.edited_at,
        )
        for row in rows
    ]
