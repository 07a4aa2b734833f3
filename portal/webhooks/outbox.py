"""The outbox: what webhooks are to be told is noted in the transaction in which it happens, and sent afterwards.

So nothing is told that didn't happen, and nothing that happened is forgotten, whatever dies in between.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.accounts.models import User
from portal.accounts.permissions import can_see
from portal.database import AnySession, utcnow
from portal.web.filters import iso
from portal.webhooks.events import WebhookEvent
from portal.webhooks.models import Webhook, WebhookDelivery


@dataclass(frozen=True)
class Happening:
    """What happened to one thing. `data` is the thing as JSON, `user_id` its owner, if it has one."""

    events: Collection[WebhookEvent]
    subject_type: str
    subject_id: int | str
    user_id: int | None
    importer: str | None
    data: dict[str, Any]


def listening(session: AnySession) -> Sequence[Webhook]:
    """The webhooks that may want to be told, in one query. Belongs into the transaction of `add`, as which deleting
    one of them must wait."""
    query = select(Webhook).join(Webhook.user).where(Webhook.is_active, User.is_active).order_by(Webhook.id)
    return session.scalars(query.with_for_update(read=True, key_share=True, of=Webhook)).all()


def add(session: AnySession, webhooks: Sequence[Webhook], happening: Happening) -> None:
    """Note down what those of `webhooks` are to be told that want it and whose owner may see it."""
    for webhook in webhooks:
        if not wants(webhook, happening):
            continue
        for event in happening.events:
            if event in webhook.events:
                session.add(delivery_of(webhook, event, happening))


def wants(webhook: Webhook, happening: Happening) -> bool:
    """Whether `webhook` is for the importer and its owner may see what happened. Pure."""
    return webhook.importer in (None, happening.importer) and can_see(webhook.user, happening.user_id)


def delivery_of(webhook: Webhook, event: str, happening: Happening) -> WebhookDelivery:
    """A message that isn't sent yet, in the shape of Standard Webhooks."""
    return WebhookDelivery(
        webhook_id=webhook.id,
        event=event,
        subject_type=happening.subject_type,
        subject_id=str(happening.subject_id),
        subject_user_id=happening.user_id,
        payload={"type": event, "timestamp": iso(utcnow()), "data": happening.data},
    )


def noted_for(session: AnySession, subject_type: str, subject_id: int | str) -> Sequence[int]:
    """The deliveries that are to be sent because of a thing, by id."""
    query = select(WebhookDelivery.id).where(
        WebhookDelivery.subject_type == subject_type,
        WebhookDelivery.subject_id == str(subject_id),
        WebhookDelivery.attempts == 0,
    )
    return session.scalars(query.order_by(WebhookDelivery.id)).all()
