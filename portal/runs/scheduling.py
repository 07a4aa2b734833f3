"""Beginning runs when they are due, once for any number of workers; saying so where one was missed.

The row of a schedule is moved on by a conditional UPDATE in the transaction that adds the run: whoever finds it moved
already does nothing. Times that passed while no worker looked are told, and one run takes the place of all of them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import CursorResult, select, update
from sqlalchemy.exc import IntegrityError

from portal import timeline
from portal.database import writing
from portal.extensions import db
from portal.importers import Definition, importers
from portal.importers.cron import COUNTED, Cron
from portal.lifecycle import RUN_ACTIVE
from portal.runs import tasks
from portal.runs.models import IngestRun
from portal.runs.schedules import IngestSchedule
from portal.runs.triggering import add_triggered_run
from portal.sources import Address
from portal.web.filters import exact

LATE = timedelta(seconds=60)
"""A run that begins later than this after its time was missed: workers look every few seconds."""


class Due(NamedTuple):
    """What is to be begun: a run for `time`, and how many times since `first` passed unseen until `last`."""

    time: datetime
    missed: int
    first: datetime
    last: datetime

    @property
    def missed_text(self) -> str:
        """What was missed, in a sentence; empty when nothing was."""
        if not self.missed:
            return ""
        if self.missed == 1:
            return f"The import scheduled for {exact(self.first)} was missed, since no worker was running."
        count = f"{self.missed:,} or more" if self.missed >= COUNTED - 1 else f"{self.missed:,}"
        between = f"between {exact(self.first)} and {exact(self.last)}"
        return f"{count} scheduled imports were missed {between}, since no worker was running."


class _Planned(NamedTuple):
    definition: Definition
    source: Address
    cron: Cron


class _Schedule(NamedTuple):
    id: int | None = None
    email: str = "schedule"


SCHEDULE = _Schedule()
"""Who begins a scheduled run, for its timeline."""


def tick(now: datetime) -> list[int]:
    """Begin what is due at `now`; returns the ids of the runs. Safe at any time and by many at once."""
    planned = {
        slug: _Planned(found, found.source, found.schedule)
        for slug, found in importers().items()
        if found.source and found.schedule
    }
    stands = _stands(planned)
    begun = [_look(plan, *stands.get(slug, ("", now)), now) for slug, plan in planned.items()]
    runs = [run_id for run_id in begun if run_id is not None]
    for run_id in runs:
        tasks.stage(run_id)
    return runs


def _stands(planned: Collection[str]) -> dict[str, tuple[str, datetime]]:
    """By importer, the expression that its schedule was reckoned by, and when it is due."""
    if not planned:
        return {}
    query = select(IngestSchedule).where(IngestSchedule.importer.in_(planned))
    found = {row.importer: (row.expression, row.due_at) for row in db.session.scalars(query)}
    db.session.commit()
    return found


def _look(plan: _Planned, expression: str, due_at: datetime, now: datetime) -> int | None:
    """The run that is begun for `plan` now, if any."""
    if expression != plan.cron.expression:
        _set_up(plan.definition.slug, plan.cron, now)
        return None
    return _begin(plan, due_at, now) if due_at <= now else None


def what_is_due(cron: Cron, due_at: datetime, now: datetime) -> Due:
    """One run for the latest time until `now`, whatever the number of times since `due_at`, which is one of them."""
    latest = max(cron.last_until(now), due_at)
    count = cron.count(due_at, latest)
    if now - latest > LATE:
        return Due(latest, count, due_at, latest)
    return Due(latest, count - 1, due_at, cron.last_until(latest - timedelta(minutes=1)) if count > 1 else latest)


def _set_up(slug: str, cron: Cron, now: datetime) -> None:
    """Enter a new schedule, or one whose expression was changed: its next time counts from now."""
    values = {"expression": cron.expression, "due_at": cron.next_after(now)}
    try:
        with writing(db.session):
            changed = update(IngestSchedule).where(IngestSchedule.importer == slug).values(values)
            if not _changed(db.session.execute(changed)):
                db.session.add(IngestSchedule(importer=slug, **values))
    except IntegrityError:  # another worker was first
        db.session.rollback()


def _begin(plan: _Planned, due_at: datetime, now: datetime) -> int | None:
    """The run that was begun; None where another worker was first, or an earlier run is still at work."""
    slug, due = plan.definition.slug, what_is_due(plan.cron, due_at, now)
    with writing(db.session):
        if not _moved_on(slug, due_at, plan.cron.next_after(now)):
            return None
        if due.missed:
            timeline.record(db.session, "importer", slug, "Missed", due.missed_text, count=due.missed)
        if busy := _run_at_work(slug):
            _skip(slug, due, busy)
            return None
        return _add_run(plan, due)


def _moved_on(slug: str, due_at: datetime, next_due: datetime) -> bool:
    moved = update(IngestSchedule).where(IngestSchedule.importer == slug, IngestSchedule.due_at == due_at)
    return _changed(db.session.execute(moved.values(due_at=next_due)))


def _run_at_work(slug: str) -> int | None:
    query = select(IngestRun.id).where(IngestRun.importer == slug, IngestRun.status.in_(RUN_ACTIVE))
    return db.session.scalar(query.where(IngestRun.dry_run.is_(False)).order_by(IngestRun.id).limit(1))


def _skip(slug: str, due: Due, busy: int) -> None:
    text = f"The import scheduled for {exact(due.time)} was skipped, since run {busy} was still at work."
    timeline.record(db.session, "importer", slug, "Skipped", text, run_id=busy)
    _note(slug, notice=f"{due.missed_text} {text}".strip())


def _add_run(plan: _Planned, due: Due) -> int:
    run = add_triggered_run(db.session, plan.definition, plan.source, actor=SCHEDULE, scheduled_for=due.time)
    if due.missed:
        place = "This run takes its place." if due.missed == 1 else "This run takes their place."
        timeline.record(db.session, "run", run.id, "Missed", f"{due.missed_text} {place}")
    _note(plan.definition.slug, last_run_id=run.id, last_due_at=due.time, notice=due.missed_text)
    return run.id


def _note(slug: str, **values: Any) -> None:
    db.session.execute(update(IngestSchedule).where(IngestSchedule.importer == slug).values(values))


def _changed(result: Any) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1
