"""Messages that are due, since their pause is over or the queue has lost them, go into the queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import or_, select, update

from portal.database import AnySession, utcnow, writing
from portal.webhooks.engine.delivering import due
from portal.webhooks.models import WebhookDelivery

PAUSE = timedelta(seconds=5)
"""How long a message lies before it is enqueued again while the queue is empty."""

PATIENCE = timedelta(seconds=60)
"""The same while the queue has entries, of which it may be one."""

AT_ONCE = 100
"""So many at a time, so that the queue keeps room for runs where many receivers are silent."""


def enqueue_due(session: AnySession, enqueue: Callable[[int], object], *, queue_is_empty: bool) -> None:
    """Call `enqueue` for what waits for nobody. Every worker does this every few seconds; many at once may."""
    now = utcnow()
    before = now - (PAUSE if queue_is_empty else PATIENCE)
    enqueued_at = WebhookDelivery.enqueued_at
    lies = or_(enqueued_at.is_(None), enqueued_at <= before, enqueued_at > now + PATIENCE)  # a clock may be set back
    query = select(WebhookDelivery.id).where(*due(now), lies).order_by(WebhookDelivery.next_attempt_at)
    waiting = session.scalars(query.limit(AT_ONCE)).all()
    if not waiting:
        return
    with writing(session):
        session.execute(update(WebhookDelivery).where(WebhookDelivery.id.in_(waiting)).values(enqueued_at=now))
    for delivery_id in waiting:
        enqueue(delivery_id)
