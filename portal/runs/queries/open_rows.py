"""Which failed rows nobody has brought in yet, all of them or some, and who edited them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from portal.extensions import db
from portal.runs.engine.choosing import Choice
from portal.runs.engine.family import active_relative, open_relatives
from portal.runs.models import IngestErrorGroup, IngestRow, IngestRun
from portal.timeline import Event

ROW_EDITED = "Row Edited"
"""The type of the event that tells of it."""


def open_numbers(run_id: int, choice: Choice) -> set[int]:
    """Those of the rows chosen by their numbers that are open."""
    possible = Choice(tuple(number for number in choice.rows if 0 < number < 2**63))
    return set(db.session.scalars(_open(select(IngestRow.row_number), run_id, possible))) if possible.rows else set()


def count_open(run_id: int, choice: Choice) -> int:
    """How many of the chosen rows are open."""
    return db.session.scalar(_open(select(func.count()).select_from(IngestRow), run_id, choice)) or 0


def count_open_alike(run: IngestRun, group: IngestErrorGroup) -> int:
    """How many rows of a group of `run` are open; counted only where some row of the run was brought in."""
    return count_open(run.id, Choice(error=group.key)) if run.settled else group.count


def last_edit(run_id: int, row_number: int) -> Event | None:
    """The newest event that tells of an edit of the row."""
    query = select(Event).where(Event.subject_type == "run", Event.subject_id == str(run_id))
    # As a number of any size: PostgreSQL's plain integers end at 2,147,483,647.
    edited = Event.details["row_number"].as_numeric(20, 0) == row_number
    return db.session.scalars(query.where(Event.event_type == ROW_EDITED, edited).order_by(Event.id.desc())).first()


def family_at_work(run: IngestRun) -> int | None:
    """The run itself or one of its family that is at work: no row can be edited or retried meanwhile."""
    return run.id if run.is_active else active_relative(db.session, run.id)


def open_in_same_columns(run: IngestRun) -> list[int]:
    """The others of its family that have open failed rows with the same headers."""
    query = select(IngestRun.id, IngestRun.headers).where(IngestRun.id.in_(open_relatives(db.session, run.id)))
    return [run_id for run_id, headers in db.session.execute(query) if headers == run.headers]


def _open(query: Select[Any], run_id: int, choice: Choice) -> Select[Any]:
    return choice.among_failed(query, run_id).where(IngestRow.settled_by_run_id.is_(None))
