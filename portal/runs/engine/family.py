"""Runs of one family bring in rows of the same file, under the same numbers: a run, its retries, and theirs."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, Subquery, func, select

from portal.database import AnySession
from portal.lifecycle import RUN_ACTIVE
from portal.runs.models import IngestRow, IngestRun


def lock_family(session: AnySession, run_id: int) -> None:
    """Until the transaction ends nobody else gets past this for a run of the same family; SQLite's write lock does that
    by itself. Workers go on meanwhile: a lock of this strength leaves references to the run alone."""
    first = select(_first(run_id).c.id)
    locked = select(IngestRun.id).where(IngestRun.id.in_(first)).with_for_update(key_share=True)
    session.execute(locked).all()


def active_relative(session: AnySession, run_id: int) -> int | None:
    """A run of the same family that is at work, if there is one: two at once could bring in a row twice."""
    query = select(IngestRun.id).where(_related(run_id), IngestRun.status.in_(RUN_ACTIVE))
    return session.scalars(query.limit(1)).first()


def open_relatives(session: AnySession, run_id: int) -> list[int]:
    """The other runs of the family that have failed rows which nobody has brought in."""
    query = select(IngestRun.id).where(_related(run_id), IngestRun.failed > IngestRun.settled)
    # In one order, since workers that settle rows of several of them at once would else wait for each other for ever.
    return list(session.scalars(query.where(IngestRun.dry_run.is_(False)).order_by(IngestRun.id)))


def first_free_number(session: AnySession, run_id: int) -> int:
    """The lowest row number that no failed row and no line of the other runs of the family has."""
    lines = select(func.max(IngestRun.staged)).where(_related(run_id))
    failed = select(func.max(IngestRow.row_number)).join(IngestRun, IngestRun.id == IngestRow.run_id)
    return max(session.scalar(lines) or 0, session.scalar(failed.where(_related(run_id))) or 0) + 1


def _related(run_id: int) -> ColumnElement[bool]:
    return IngestRun.id.in_(_family(run_id)) & (IngestRun.id != run_id)


def _family(run_id: int) -> Select[tuple[int]]:
    down = select(_first(run_id).c.id).cte("down", recursive=True)
    down = down.union_all(select(IngestRun.id).join(down, IngestRun.retried_from_run_id == down.c.id))
    return select(down.c.id)


def _first(run_id: int) -> Subquery:
    """The run of the family that retries no other."""
    up = select(IngestRun.id, IngestRun.retried_from_run_id).where(IngestRun.id == run_id).cte("up", recursive=True)
    up = up.union_all(
        select(IngestRun.id, IngestRun.retried_from_run_id).join(up, IngestRun.id == up.c.retried_from_run_id)
    )
    return select(up.c.id).where(up.c.retried_from_run_id.is_(None)).subquery("first")
