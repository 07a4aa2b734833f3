"""The timeline: what happened to a thing, in order, and who did it. It is the audit trail too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import AnySession, UTCDateTime, utcnow
from portal.extensions import db


class Event(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """One thing that happened. Events are only ever added."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_subject", "subject_type", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    event_type: Mapped[str] = mapped_column(String(60))
    message: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    actor_id: Mapped[int | None]
    actor_label: Mapped[str | None] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)


def record(
    session: AnySession,
    subject_type: str,
    subject_id: int | str,
    event_type: str,
    message: str,
    *,
    actor: Any = None,
    **details: Any,
) -> None:
    """Add an event to the running transaction.

    `actor` is the user who did it (anything with `id` and `email`), None where the portal itself did.
    """
    session.add(
        Event(
            subject_type=subject_type,
            subject_id=str(subject_id),
            event_type=event_type,
            message=message,
            details=details,
            actor_id=getattr(actor, "id", None),
            actor_label=getattr(actor, "email", None),
        )
    )


def events_of(session: AnySession, subject_type: str, subject_id: int | str) -> Sequence[Event]:
    """The timeline of one subject, oldest first."""
    query = select(Event).where(Event.subject_type == subject_type, Event.subject_id == str(subject_id))
    return session.scalars(query.order_by(Event.id)).all()
