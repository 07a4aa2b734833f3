"""Webhooks, and each message that was or is to be sent to one."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.database import UTCDateTime, utcnow
from portal.extensions import db

LEASE = timedelta(seconds=120)
"""How long a message is kept from other senders: longer than looking up a name and a whole request take together."""

SOON = LEASE + timedelta(seconds=30)
"""Longer than a lease, by which what is being sent right now has its next attempt."""


class DeliveryStatus(StrEnum):
    """`pending` has a time at which it is tried, perhaps again; the others are ends."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


def new_salt() -> str:
    """A value that no earlier secret was made from."""
    return secrets.token_urlsafe(24)


class Webhook(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """An address that is told of events. Its secret follows from the portal's own and `secret_salt`."""

    __tablename__ = "webhooks"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's name for it
    # An id isn't given again: the timeline of one that was deleted would become another's.

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    url: Mapped[str] = mapped_column(String(2000))
    events: Mapped[list[str]] = mapped_column(JSON)
    importer: Mapped[str | None] = mapped_column(String(100))
    """Only what this importer does is told; None for all of them."""
    is_active: Mapped[bool] = mapped_column(default=True)
    """While it isn't, nothing is sent, and what happens is not kept for it."""
    secret_salt: Mapped[str] = mapped_column(String(64), default=new_salt)
    previous_salt: Mapped[str | None] = mapped_column(String(64))
    rotated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the previous secret was replaced; it signs beside the new one for a day."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class WebhookDelivery(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """One message to one webhook, with the latest answer to it.

    `next_attempt_at` is the lease as well: whoever sends it moves that time on first, and so keeps all others away for
    longer than sending can take.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_status_next", "status", "next_attempt_at"),
        Index("ix_webhook_deliveries_webhook", "webhook_id", "id"),
        Index("ix_webhook_deliveries_subject", "subject_type", "subject_id"),
        {"sqlite_autoincrement": True},  # as above, and a sender may still be at one that was deleted
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(40), default=lambda: f"evt_{uuid4().hex}")
    """By which a receiver knows a message again: the same for each attempt, and when it is sent again."""
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    subject_user_id: Mapped[int | None]
    """To whom the subject belongs, since not every account may be told of it."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[DeliveryStatus] = mapped_column(String(12), default=DeliveryStatus.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=utcnow)
    enqueued_at: Mapped[datetime | None] = mapped_column(UTCDateTime, default=utcnow)

    answer_status: Mapped[int | None]
    answer_body: Mapped[str | None] = mapped_column(Text)
    """At most its first 1,000 characters."""
    milliseconds: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(Text)
    """Why the latest attempt failed, in a sentence."""

    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    resent_from_id: Mapped[int | None] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="SET NULL"))

    webhook: Mapped[Webhook] = relationship(lazy="raise")

    @property
    def is_sent_soon(self) -> bool:
        """Whether it is being sent, or may be before long."""
        return self.next_attempt_at is not None and self.next_attempt_at < utcnow() + SOON
