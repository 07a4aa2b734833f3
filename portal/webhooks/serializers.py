"""Webhooks and deliveries as JSON. Pure."""

from __future__ import annotations

from datetime import datetime

from portal.web.filters import iso
from portal.webhooks.events import WebhookEvent
from portal.webhooks.models import Webhook, WebhookDelivery
from portal.webhooks.shapes import AnswerShape, DeliveryShape, WebhookShape


def webhook_shape(webhook: Webhook) -> WebhookShape:
    """A webhook, without its secret."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": [WebhookEvent(name) for name in webhook.events],
        "importer": webhook.importer,
        "is_active": webhook.is_active,
        "user_id": webhook.user_id,
        "owner": webhook.user.email,
        "created_at": iso(webhook.created_at),
        "rotated_at": _time(webhook.rotated_at),
    }


def delivery_shape(delivery: WebhookDelivery) -> DeliveryShape:
    """A delivery with its payload and the latest answer."""
    return {
        "id": delivery.id,
        "message_id": delivery.message_id,
        "webhook_id": delivery.webhook_id,
        "event": delivery.event,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "next_attempt_at": _time(delivery.next_attempt_at),
        "answer": _answer(delivery),
        "resent_from_id": delivery.resent_from_id,
        "created_at": iso(delivery.created_at),
        "completed_at": _time(delivery.completed_at),
        "payload": delivery.payload,
    }


def _answer(delivery: WebhookDelivery) -> AnswerShape | None:
    if delivery.milliseconds is None:
        return None
    return {
        "status": delivery.answer_status,
        "body": delivery.answer_body,
        "milliseconds": delivery.milliseconds,
        "error": delivery.error,
    }


def _time(value: datetime | None) -> str | None:
    return iso(value) if value else None
