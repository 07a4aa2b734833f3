"""Webhooks: listed, made, changed, removed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import abort
from pydantic import Field

from portal.accounts.access import current_actor, current_token
from portal.accounts.models import User
from portal.accounts.permissions import reader, writer
from portal.api.endpoint import endpoint
from portal.api.lists import Listed, PageQuery, listed
from portal.api.parsing import Input
from portal.webhooks import operations, queries
from portal.webhooks.api.blueprint import blueprint
from portal.webhooks.events import WebhookEvent
from portal.webhooks.models import Webhook
from portal.webhooks.serializers import webhook_shape
from portal.webhooks.shapes import SecretAnswer, WebhookAnswer, WebhookShape

URL = Field(
    max_length=2000, description="Where messages are sent; https or http, private addresses only where allowed."
)
EVENTS = Field(min_length=1, description="What it is told of.")
IMPORTER = Field(None, min_length=1, max_length=100, description="Only what this importer (slug) does; null for all.")

NEXT = dict.fromkeys(
    ("webhooks_api.webhook", "webhooks_api.change", "webhooks_api.test", "webhooks_api.deliveries"), "webhook_id"
)
"""What can be asked about the webhook that was made."""


class NewWebhook(Input):
    """A webhook to be made, of the caller's own."""

    url: str = URL
    events: list[WebhookEvent] = EVENTS
    importer: str | None = IMPORTER


class ChangedWebhook(Input):
    """What is to be another way; what isn't named stays. `is_active` false pauses it."""

    url: str | None = Field(None, max_length=2000)
    events: list[WebhookEvent] | None = Field(None, min_length=1)
    importer: str | None = IMPORTER
    is_active: bool | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """What was named of the settings. None says nothing, but for the importer."""
        given = self.model_dump(include={"url", "events", "importer"}, exclude_unset=True)
        return {name: value for name, value in given.items() if name == "importer" or value is not None}


@blueprint.get("/", strict_slashes=False)
@reader
@endpoint("List webhooks", query=PageQuery, answers=Listed[WebhookShape])
def webhooks(query: PageQuery) -> dict[str, Any]:
    """The caller's own webhooks, for administrators and auditors everyone's; the newest first."""
    return listed(queries.webhooks_page(current_actor(), query.page, query.per_page, beyond=True), webhook_shape)


@blueprint.post("/", strict_slashes=False)
@writer
@endpoint("Create a webhook", body=NewWebhook, answers=WebhookAnswer, status=HTTPStatus.CREATED, links=NEXT)
def create(body: NewWebhook) -> WebhookAnswer:
    """Have an address told of events of what the caller may see. The answer has the secret that signs."""
    actor = _whole_actor()
    webhook = operations.create_webhook(body.url, body.events, owner=actor, importer=body.importer, actor=actor)
    return _with_secret(webhook, actor)


@blueprint.get("/<int:webhook_id>")
@reader
@endpoint("Show a webhook", answers=WebhookAnswer)
def webhook(webhook_id: int) -> WebhookAnswer:
    """One webhook, without its secret."""
    return {"data": webhook_shape(queries.webhook_of(current_actor(), webhook_id))}


@blueprint.patch("/<int:webhook_id>")
@writer
@endpoint("Change a webhook", body=ChangedWebhook, answers=WebhookAnswer)
def change(webhook_id: int, body: ChangedWebhook) -> WebhookAnswer:
    """Change what is named; pause or resume it. What waits to be sent goes to a new address."""
    actor = _whole_actor()
    changed = operations.edit_webhook(webhook_id, actor=actor, **body.settings)
    if body.is_active is not None:
        switch = operations.resume_webhook if body.is_active else operations.pause_webhook
        changed = switch(webhook_id, actor=actor)
    return {"data": webhook_shape(changed)}


@blueprint.delete("/<int:webhook_id>")
@writer
@endpoint("Delete a webhook", status=HTTPStatus.NO_CONTENT)
def delete(webhook_id: int) -> None:
    """Remove a webhook and its deliveries."""
    operations.delete_webhook(webhook_id, actor=_whole_actor())


@blueprint.get("/<int:webhook_id>/secret")
@writer
@endpoint("Show a webhook's secret", answers=SecretAnswer)
def secret(webhook_id: int) -> SecretAnswer:
    """The secret that signs, for those who may change the webhook."""
    return {"data": {"secret": operations.secret_of(webhook_id, actor=_whole_actor())}}


@blueprint.post("/<int:webhook_id>/rotate")
@writer
@endpoint("Change a webhook's secret", answers=WebhookAnswer)
def rotate(webhook_id: int) -> WebhookAnswer:
    """Give the webhook a new secret, which is in the answer. The one before signs beside it for a day."""
    actor = _whole_actor()
    return _with_secret(operations.rotate_secret(webhook_id, actor=actor), actor)


def _with_secret(found: Webhook, actor: User) -> WebhookAnswer:
    return {"data": {**webhook_shape(found), "secret": operations.secret_of(found.id, actor=actor)}}


def _whole_actor() -> User:
    """The caller. Refused are tokens that may less than their owner: messages tell all that the owner may see."""
    actor, token = current_actor(), current_token()
    if token is not None and (token.reads_only or token.user.role != actor.role):
        abort(HTTPStatus.FORBIDDEN)
    return actor
