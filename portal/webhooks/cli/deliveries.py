"""Commands about what was or is to be sent."""

from __future__ import annotations

import click

from portal.command_line import json_option, say
from portal.webhooks.cli.door import WebhooksDoor
from portal.webhooks.cli.group import asks_webhooks, delivery_argument, webhook_argument, webhooks
from portal.webhooks.cli.texts import deliveries_text, delivery_text
from portal.webhooks.models import DeliveryStatus

statuses = click.Choice([status.value for status in DeliveryStatus])


@webhooks.command("deliveries")
@webhook_argument
@click.option("--status", type=statuses, help="Only those in this state.")
@click.option("--limit", type=click.IntRange(1, 100), default=25, show_default=True, help="How many.")
@json_option
@asks_webhooks
def deliveries(door: WebhooksDoor, webhook_id: int, *, status: str | None, limit: int, as_json: bool) -> None:
    """List what was or is to be sent, the newest first."""
    answer = door.deliveries(webhook_id, status=status, limit=limit)
    say(deliveries_text(answer["data"]), answer, as_json)


@webhooks.command("delivery")
@webhook_argument
@delivery_argument
@json_option
@asks_webhooks
def delivery(door: WebhooksDoor, webhook_id: int, delivery_id: int, as_json: bool) -> None:
    """Show one delivery with its message and the answer."""
    answer = door.delivery(webhook_id, delivery_id)
    say(delivery_text(answer["data"]), answer, as_json)


@webhooks.command("test")
@webhook_argument
@json_option
@asks_webhooks
def test(door: WebhooksDoor, webhook_id: int, as_json: bool) -> None:
    """Send a test; prints the number of the delivery."""
    answer = door.test(webhook_id)
    say(str(answer["data"]["id"]), answer, as_json)


@webhooks.command("resend")
@webhook_argument
@delivery_argument
@json_option
@asks_webhooks
def resend(door: WebhooksDoor, webhook_id: int, delivery_id: int, as_json: bool) -> None:
    """Send a message once more; prints the number of the new delivery."""
    answer = door.resend(webhook_id, delivery_id)
    say(str(answer["data"]["id"]), answer, as_json)
