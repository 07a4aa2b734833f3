"""Delivering one message: claimed by one sender, sent, and settled by the answer.

A claim moves `next_attempt_at` on by longer than sending can take and counts the attempt. Whoever settles it repeats
that count, so that a sender which was taken for dead changes nothing. One that dies leaves a message that is due again.
A message may so arrive twice, which its id tells, but is never lost.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import joinedload

from portal import timeline
from portal.accounts.permissions import can_see
from portal.database import AnySession, utcnow, writing
from portal.sources import Reach, SourceProblem
from portal.sources.posting import post
from portal.webhooks.engine.outcomes import LONGEST_PAUSE, Attempt, next_pause
from portal.webhooks.engine.signing import signed_headers, signing_key
from portal.webhooks.models import LEASE, DeliveryStatus, Webhook, WebhookDelivery

OVERLAP = timedelta(days=1)
"""How long the secret before the last change signs, too."""


@dataclass(frozen=True)
class Sender:
    """What delivering needs. `secret_key` is the portal's own."""

    session: AnySession
    secret_key: str
    reach: Reach


class Message(NamedTuple):
    """What goes over the wire, free of the database."""

    url: str
    body: bytes
    headers: Mapping[str, str]


def deliver_all(sender: Sender, delivery_id: int | None, failing: set[int]) -> None:
    """Try to deliver this one, then whatever else is due. Webhooks take turns, and one whose receiver didn't take a
    message is `failing` and gets no second one: nobody's messages wait for long for a receiver of someone else's."""
    while delivery_id is not None:
        webhook_id, is_delivered = deliver(sender, delivery_id)
        if webhook_id is not None and not is_delivered:
            failing.add(webhook_id)
        delivery_id = next_due(sender.session, webhook_id, failing)


def next_due(session: AnySession, last: int | None = None, failing: Collection[int] = ()) -> int | None:
    """What is to be sent next: of another webhook than `last` where there is one, of none that is `failing`."""
    query = select(WebhookDelivery.id).where(*due(utcnow()), WebhookDelivery.webhook_id.not_in(failing))
    turn = WebhookDelivery.webhook_id == last
    found = session.scalars(query.order_by(turn, WebhookDelivery.next_attempt_at).limit(1)).first()
    session.commit()
    return found


def deliver(sender: Sender, delivery_id: int) -> tuple[int | None, bool]:
    """Try to deliver, if it is due and nobody else is at it. Safe at any time and by many at once.

    Returns its webhook, None where there was nothing to do, and whether it was delivered.
    """
    number = _claim(sender.session, delivery_id)
    if number is None:
        return None, False
    delivery = _found(sender.session, delivery_id)
    if delivery is None:  # deleted this moment
        return None, False
    webhook_id, refusal = delivery.webhook_id, _why_not(delivery)
    message = message_of(delivery, sender.secret_key, utcnow())
    sender.session.commit()  # no transaction is open while a receiver is waited for
    if refusal:
        _settle(sender.session, delivery_id, number, Attempt(0, problem=refusal), pause=None)
        return webhook_id, False
    attempt = _send(message, sender.reach)
    _settle(sender.session, delivery_id, number, attempt, next_pause(attempt, number))
    return webhook_id, attempt.is_delivered


def due(now: datetime) -> Collection[ColumnElement[bool]]:
    """What a delivery must meet to be tried at `now`. A time beyond all pauses is a clock's that was set back since."""
    time_has_come = or_(
        WebhookDelivery.next_attempt_at <= now,
        WebhookDelivery.next_attempt_at > now + timedelta(seconds=2 * LONGEST_PAUSE),
    )
    not_paused = exists().where(Webhook.id == WebhookDelivery.webhook_id, Webhook.is_active)
    return WebhookDelivery.status == DeliveryStatus.PENDING, time_has_come, not_paused


def message_of(delivery: WebhookDelivery, secret_key: str, now: datetime) -> Message:
    """The message of `delivery`, signed at the time `now`."""
    webhook = delivery.webhook
    body = json.dumps(delivery.payload, separators=(",", ":")).encode()
    salts = [webhook.secret_salt]
    if webhook.previous_salt and webhook.rotated_at and now < webhook.rotated_at + OVERLAP:
        salts.append(webhook.previous_salt)
    keys = [signing_key(secret_key, salt) for salt in salts]
    signed = signed_headers(delivery.message_id, int(now.timestamp()), body, keys)
    return Message(webhook.url, body, {"Content-Type": "application/json", **signed})


def _claim(session: AnySession, delivery_id: int) -> int | None:
    """The number of the attempt, from 1; None when there is nothing to do."""
    now = utcnow()
    claim = update(WebhookDelivery).where(WebhookDelivery.id == delivery_id, *due(now))
    values = {"attempts": WebhookDelivery.attempts + 1, "next_attempt_at": now + LEASE}
    with writing(session):
        return session.scalar(claim.values(values).returning(WebhookDelivery.attempts))


def _found(session: AnySession, delivery_id: int) -> WebhookDelivery | None:
    query = select(WebhookDelivery).where(WebhookDelivery.id == delivery_id)
    with_webhook = joinedload(WebhookDelivery.webhook, innerjoin=True)
    return session.scalars(query.options(with_webhook).execution_options(populate_existing=True)).one_or_none()


def _why_not(delivery: WebhookDelivery) -> str:
    """Why the message may not be sent; empty when it may. Accounts may have changed since it was noted."""
    owner = delivery.webhook.user
    if not owner.is_active:
        return f"Not sent, since the account {owner.email} is deactivated."
    if not can_see(owner, delivery.subject_user_id):
        return f"Not sent, since {owner.email} may no longer see what it is about."
    return ""


def _send(message: Message, reach: Reach) -> Attempt:
    began = time.monotonic()
    try:
        answer, problem = post(message.url, message.body, message.headers, reach), ""
    except SourceProblem as error:
        answer, problem = None, error.message
    return Attempt(round((time.monotonic() - began) * 1000), answer, problem)


def _settle(session: AnySession, delivery_id: int, number: int, attempt: Attempt, pause: float | None) -> None:
    """Keep what came of the attempt, under the terms of its claim."""
    now = utcnow()
    ours = (WebhookDelivery.id == delivery_id, WebhookDelivery.attempts == number)
    pending = (WebhookDelivery.status == DeliveryStatus.PENDING,)
    settled = update(WebhookDelivery).where(*ours, *pending).values(_values(attempt, pause, now))
    with writing(session):
        webhook_id = session.scalar(settled.returning(WebhookDelivery.webhook_id))
        if webhook_id is not None and attempt.error and pause is None:
            _give_up(session, webhook_id, delivery_id, attempt)


def _values(attempt: Attempt, pause: float | None, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {
        "answer_status": attempt.answer.status if attempt.answer else None,
        "answer_body": attempt.shown_body,
        "milliseconds": attempt.milliseconds,
        "error": attempt.error,
    }
    if attempt.error and pause is not None:
        return values | {"next_attempt_at": now + timedelta(seconds=pause), "enqueued_at": None}
    status = DeliveryStatus.FAILED if attempt.error else DeliveryStatus.DELIVERED
    return values | {"status": status, "next_attempt_at": None, "completed_at": now}


def _give_up(session: AnySession, webhook_id: int, delivery_id: int, attempt: Attempt) -> None:
    text = f"Delivery {delivery_id} was given up. {attempt.error}"
    timeline.record(session, "webhook", webhook_id, "Delivery failed", text)
    if attempt.is_unwanted:
        session.execute(update(Webhook).where(Webhook.id == webhook_id).values(is_active=False))
        timeline.record(session, "webhook", webhook_id, "Paused", "Its receiver wants no more messages (410 Gone).")
