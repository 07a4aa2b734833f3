"""The timeline: what happened to a thing, in order, and who did it. It is the audit trail too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import AnySession, UTCDateTime, utcnow
from portal.extensions import db
from portal.web.paging import Page, paginate

EVENTS_PER_PAGE = 50
"""How many events a page shows, the newest first."""


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


def events_of(
    session: AnySession, subject_type: str, subject_id: int | str, limit: int | None = None
) -> Sequence[Event]:
    """The timeline of one subject, oldest first; the newest `limit` events alone where it is given."""
    newest = session.scalars(_newest_first(subject_type, subject_id).limit(limit)).all()
    return list(reversed(newest))


def events_page(
    session: AnySession,
    subject_type: str,
    subject_id: int | str,
    page: int = 1,
    per_page: int = EVENTS_PER_PAGE,
    *,
    beyond: bool = False,
) -> Page[Event]:
    """A page of the timeline of one subject, newest first; two queries. `beyond` as in `paginate`."""
    return paginate(session, _newest_first(subject_type, subject_id), page, per_page, beyond=beyond)


def _newest_first(subject_type: str, subject_id: int | str) -> Select[Event]:
    query = select(Event).where(Event.subject_type == subject_type, Event.subject_id == str(subject_id))
    return query.order_by(Event.id.desc())
