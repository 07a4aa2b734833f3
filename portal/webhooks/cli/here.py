"""The webhooks of this machine's portal, without its web server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.accounts.models import User
from portal.accounts.operations import user_by_email
from portal.accounts.queries import first_admin
from portal.client import Answer
from portal.command_line import COMMAND_LINE
from portal.errors import NotFound
from portal.webhooks import operations, queries
from portal.webhooks.models import Webhook
from portal.webhooks.serializers import delivery_shape, webhook_shape


class WebhooksHere:
    """A `WebhooksDoor` for whoever may run commands on this machine, and so may see and do everything."""

    def webhooks(self) -> Answer:
        return {"data": [webhook_shape(webhook) for webhook in queries.all_webhooks()]}

    def webhook(self, webhook_id: int) -> Answer:
        return {"data": webhook_shape(_existing(webhook_id))}

    def create(self, url: str, events: Sequence[str], *, importer: str | None, owner: str | None) -> Answer:
        account = user_by_email(owner) if owner else _first_admin()
        webhook = operations.create_webhook(url, events, owner=account, importer=importer, actor=COMMAND_LINE)
        return _with_secret(webhook)

    def edit(self, webhook_id: int, settings: Mapping[str, Any]) -> Answer:
        return {"data": webhook_shape(operations.edit_webhook(webhook_id, actor=COMMAND_LINE, **settings))}

    def switch(self, webhook_id: int, *, is_active: bool) -> Answer:
        switch = operations.resume_webhook if is_active else operations.pause_webhook
        return {"data": webhook_shape(switch(webhook_id, actor=COMMAND_LINE))}

    def secret(self, webhook_id: int) -> Answer:
        return {"data": {"secret": operations.secret_of(webhook_id, actor=COMMAND_LINE)}}

    def rotate(self, webhook_id: int) -> Answer:
        return _with_secret(operations.rotate_secret(webhook_id, actor=COMMAND_LINE))

    def delete(self, webhook_id: int) -> None:
        operations.delete_webhook(webhook_id, actor=COMMAND_LINE)

    def deliveries(self, webhook_id: int, *, status: str | None, limit: int) -> Answer:
        page = queries.deliveries_page(_existing(webhook_id), status=status or "", per_page=limit)
        return {"data": [delivery_shape(delivery) for delivery in page.items]}

    def delivery(self, webhook_id: int, delivery_id: int) -> Answer:
        return {"data": delivery_shape(queries.delivery_of(_existing(webhook_id), delivery_id))}

    def test(self, webhook_id: int) -> Answer:
        return {"data": delivery_shape(operations.send_test(webhook_id, actor=COMMAND_LINE))}

    def resend(self, webhook_id: int, delivery_id: int) -> Answer:
        return {"data": delivery_shape(operations.send_again(webhook_id, delivery_id, actor=COMMAND_LINE))}


def _existing(webhook_id: int) -> Webhook:
    return queries.webhook_of(None, webhook_id)


def _with_secret(webhook: Webhook) -> Answer:
    secret = operations.secret_of(webhook.id, actor=COMMAND_LINE)
    return {"data": {**webhook_shape(webhook), "secret": secret}}


def _first_admin() -> User:
    admin = first_admin()
    if admin is None:
        raise NotFound("There is no administrator whose webhook it could be.", fix="Name an account with --owner.")
    return admin
