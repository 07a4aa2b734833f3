"""Commands that show webhooks."""

from __future__ import annotations

from portal.command_line import json_option, say
from portal.webhooks.cli.door import WebhooksDoor
from portal.webhooks.cli.group import asks_webhooks, webhook_argument, webhooks
from portal.webhooks.cli.texts import webhook_text, webhooks_text


@webhooks.command("list")
@json_option
@asks_webhooks
def list_webhooks(door: WebhooksDoor, as_json: bool) -> None:
    """List the webhooks, the newest first."""
    answer = door.webhooks()
    say(webhooks_text(answer["data"]), answer, as_json)


@webhooks.command("show")
@webhook_argument
@json_option
@asks_webhooks
def show(door: WebhooksDoor, webhook_id: int, as_json: bool) -> None:
    """Show one webhook."""
    answer = door.webhook(webhook_id)
    say(webhook_text(answer["data"]), answer, as_json)


@webhooks.command("secret")
@webhook_argument
@json_option
@asks_webhooks
def secret(door: WebhooksDoor, webhook_id: int, as_json: bool) -> None:
    """Print the secret that signs, alone on standard output."""
    answer = door.secret(webhook_id)
    say(answer["data"]["secret"], answer, as_json)
