"""Webhooks and deliveries in JSON. The OpenAPI document is made from these shapes."""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict

from portal.webhooks.events import WebhookEvent
from portal.webhooks.models import DeliveryStatus


class WebhookShape(TypedDict):
    """An address that is told of events. `importer` is null for all of them. `secret` is told when the webhook is made
    and when it gets another."""

    id: int
    url: str
    events: list[WebhookEvent]
    importer: str | None
    is_active: bool
    user_id: int
    owner: str
    created_at: str
    rotated_at: str | None
    secret: NotRequired[str]


class WebhookAnswer(TypedDict):
    """One webhook."""

    data: WebhookShape


class SecretShape(TypedDict):
    """What a receiver checks signatures with."""

    secret: str


class SecretAnswer(TypedDict):
    """The secret of one webhook."""

    data: SecretShape


class AnswerShape(TypedDict):
    """The latest answer of the receiver, its status null where none came; `body` has at most 1,000 characters, `error`
    says why the attempt failed."""

    status: int | None
    body: str | None
    milliseconds: int | None
    error: str | None


class DeliveryShape(TypedDict):
    """One message to one webhook. `message_id` is the same where it is sent again; `payload` is what is sent."""

    id: int
    message_id: str
    webhook_id: int
    event: str
    status: DeliveryStatus
    attempts: int
    next_attempt_at: str | None
    answer: AnswerShape | None
    resent_from_id: int | None
    created_at: str
    completed_at: str | None
    payload: dict[str, Any]


class DeliveryAnswer(TypedDict):
    """One delivery."""

    data: DeliveryShape
