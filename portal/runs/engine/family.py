"""Runs of one family bring in rows of the same file, under the same numbers: a run, its retries, and theirs."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, func, select

from portal.database import AnySession
from portal.lifecycle import RUN_ACTIVE
from portal.runs.models import IngestRow, IngestRun


def active_relative(session: AnySession, run_id: int) -> int | None:
    """A run of the same family that is at work, if there is one: two at once could bring in a row twice."""
    query = select(IngestRun.id).where(_related(run_id), IngestRun.status.in_(RUN_ACTIVE))
    return session.scalars(query.limit(1)).first()


def open_relatives(session: AnySession, run_id: int) -> list[int]:
    """The other runs of the family that have failed rows which nobody has brought in."""
    query = select(IngestRun.id).where(_related(run_id), IngestRun.failed > IngestRun.settled)
    return list(session.scalars(query.where(IngestRun.dry_run.is_(False))))


def first_free_number(session: AnySession, run_id: int) -> int:
    """The lowest row number that no failed row and no line of the other runs of the family has."""
    lines = select(func.max(IngestRun.staged)).where(_related(run_id))
    failed = select(func.max(IngestRow.row_number)).join(IngestRun, IngestRun.id == IngestRow.run_id)
    return max(session.scalar(lines) or 0, session.scalar(failed.where(_related(run_id))) or 0) + 1


def _related(run_id: int) -> ColumnElement[bool]:
    return IngestRun.id.in_(_family(run_id)) & (IngestRun.id != run_id)


def _family(run_id: int) -> Select[tuple[int]]:
    up = select(IngestRun.id, IngestRun.retried_from_run_id).where(IngestRun.id == run_id).cte("up", recursive=True)
    up = up.union_all(
        select(IngestRun.id, IngestRun.retried_from_run_id).join(up, IngestRun.id == up.c.retried_from_run_id)
    )
    first = select(up.c.id).where(up.c.retried_from_run_id.is_(None))
    down = first.cte("down", recursive=True)
    down = down.union_all(select(IngestRun.id).join(down, IngestRun.retried_from_run_id == down.c.id))
    return select(down.c.id)
