"""When the sources of importers are due."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import UTCDateTime
from portal.extensions import db
from portal.importers import Definition


class IngestSchedule(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """How far the schedule of one importer has come. Whoever moves `due_at` on begins the run."""

    __tablename__ = "ingest_schedules"

    importer: Mapped[str] = mapped_column(String(100), primary_key=True)
    expression: Mapped[str] = mapped_column(String(200))
    """The cron expression that `due_at` was reckoned by."""
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_run_id: Mapped[int | None] = mapped_column(ForeignKey("ingest_runs.id", ondelete="SET NULL"))
    """The last run that it began."""
    last_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """The time for which that was."""
    notice: Mapped[str] = mapped_column(Text, default="")
    """What went otherwise than scheduled since a run last began in time; empty when all is well."""


def all_schedules() -> dict[str, IngestSchedule]:
    """How far each schedule has come, by importer."""
    return {row.importer: row for row in db.session.scalars(select(IngestSchedule))}


def find_schedule(slug: str) -> IngestSchedule | None:
    """How far the schedule of the importer `slug` has come; None before a worker has seen it."""
    return db.session.get(IngestSchedule, slug)


def next_due(definition: Definition, row: IngestSchedule | None, now: datetime) -> datetime | None:
    """When the importer's source is fetched next; None without a schedule."""
    cron = definition.schedule
    if cron is None:
        return None
    return row.due_at if row and row.expression == cron.expression else cron.next_after(now)
