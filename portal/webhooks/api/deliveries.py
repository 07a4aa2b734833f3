"""What was or is to be sent to webhooks."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify, url_for
from pydantic import Field

from portal.accounts.access import current_actor
from portal.accounts.permissions import reader, writer
from portal.api.endpoint import endpoint
from portal.api.lists import Listed, PageQuery, listed
from portal.api.once import at_most_once
from portal.idempotency import Once
from portal.webhooks import operations, queries
from portal.webhooks.api.blueprint import blueprint
from portal.webhooks.models import DeliveryStatus, WebhookDelivery
from portal.webhooks.serializers import delivery_shape
from portal.webhooks.shapes import DeliveryAnswer, DeliveryShape

ACCEPTED = HTTPStatus.ACCEPTED


class DeliveriesQuery(PageQuery):
    """Which deliveries."""

    status: DeliveryStatus | None = Field(None, description="Only those in this state.")


@blueprint.get("/<int:webhook_id>/deliveries")
@reader
@endpoint("List deliveries", query=DeliveriesQuery, answers=Listed[DeliveryShape])
def deliveries(webhook_id: int, query: DeliveriesQuery) -> dict[str, Any]:
    """What was or is to be sent to a webhook, the newest first, each with its latest answer."""
    webhook = queries.webhook_of(current_actor(), webhook_id)
    found = queries.deliveries_page(
        webhook, status=query.status or "", page=query.page, per_page=query.per_page, beyond=True
    )
    return listed(found, delivery_shape)


@blueprint.get("/<int:webhook_id>/deliveries/<int:delivery_id>")
@reader
@endpoint("Show a delivery", answers=DeliveryAnswer)
def delivery(webhook_id: int, delivery_id: int) -> DeliveryAnswer:
    """One delivery with its latest answer."""
    return {"data": delivery_shape(_visible(webhook_id, delivery_id))}


@blueprint.post("/<int:webhook_id>/test")
@writer
@endpoint("Send a test", answers=DeliveryAnswer, status=ACCEPTED, starts=True, refuses=(409,))
def test(webhook_id: int) -> Response:
    """Send a message of the event `ping`. 409 while the webhook is paused."""
    actor = current_actor()
    return _started(webhook_id, lambda once: operations.send_test(webhook_id, actor=actor, once=once))


@blueprint.post("/<int:webhook_id>/deliveries/<int:delivery_id>/resend")
@writer
@endpoint("Send a delivery again", answers=DeliveryAnswer, status=ACCEPTED, starts=True, refuses=(409,))
def resend(webhook_id: int, delivery_id: int) -> Response:
    """Send the same message once more; the answer is a new delivery. 409 while the webhook is paused, or the delivery
    still being tried."""
    actor = current_actor()
    return _started(webhook_id, lambda once: operations.send_again(webhook_id, delivery_id, actor=actor, once=once))


def _started(webhook_id: int, begin: Callable[[Once | None], WebhookDelivery]) -> Response:
    delivery = at_most_once(begin, lambda delivery_id: _visible(webhook_id, delivery_id))
    response = jsonify({"data": delivery_shape(delivery)})
    response.status_code = ACCEPTED
    response.headers["Location"] = url_for(
        "webhooks_api.delivery", webhook_id=delivery.webhook_id, delivery_id=delivery.id
    )
    return response


def _visible(webhook_id: int, delivery_id: int) -> WebhookDelivery:
    return queries.delivery_of(queries.webhook_of(current_actor(), webhook_id), delivery_id)
