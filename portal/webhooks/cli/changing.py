"""Commands that make, change and remove webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from portal.command_line import WrongUsage, json_option, say
from portal.webhooks.cli.door import WebhooksDoor
from portal.webhooks.cli.group import asks_webhooks, events_option, webhook_argument, webhooks
from portal.webhooks.cli.texts import webhook_text
from portal.webhooks.events import WebhookEvent


@webhooks.command("create")
@click.argument("url")
@events_option
@click.option("--importer", metavar="SLUG", help="Only what this importer does.")
@click.option("--owner", metavar="EMAIL", help="Whose it is; here, by default, the first administrator's.")
@json_option
@asks_webhooks
def create(
    door: WebhooksDoor, url: str, *, events: Sequence[str], importer: str | None, owner: str | None, as_json: bool
) -> None:
    """Have URL told of events; prints the secret that signs."""
    if not events:
        raise WrongUsage(f"Say what it is told of: --events {','.join(WebhookEvent)}, or some of these.")
    answer = door.create(url, events, importer=importer, owner=owner)
    say(_made(answer["data"]), answer, as_json)


@webhooks.command("edit")
@webhook_argument
@click.option("--to", "url", metavar="URL", help="Another address.")
@events_option
@click.option("--importer", metavar="SLUG", help="Only what this importer does; an empty text for all importers.")
@json_option
@asks_webhooks
def edit(
    door: WebhooksDoor, webhook_id: int, *, url: str | None, events: Sequence[str], importer: str | None, as_json: bool
) -> None:
    """Change a webhook; what isn't named stays."""
    settings: dict[str, Any] = {"url": url} if url else {}
    settings |= {"events": list(events)} if events else {}
    settings |= {"importer": importer or None} if importer is not None else {}
    if not settings:
        raise WrongUsage("Say what is to change: --to, --events or --importer.")
    answer = door.edit(webhook_id, settings)
    say(webhook_text(answer["data"]), answer, as_json)


@webhooks.command("pause")
@webhook_argument
@json_option
@asks_webhooks
def pause(door: WebhooksDoor, webhook_id: int, as_json: bool) -> None:
    """Send nothing more until it is resumed."""
    answer = door.switch(webhook_id, is_active=False)
    say(f"Webhook {webhook_id} is paused.", answer, as_json)


@webhooks.command("resume")
@webhook_argument
@json_option
@asks_webhooks
def resume(door: WebhooksDoor, webhook_id: int, as_json: bool) -> None:
    """Send again, first what was waiting."""
    answer = door.switch(webhook_id, is_active=True)
    say(f"Webhook {webhook_id} is active.", answer, as_json)


@webhooks.command("rotate")
@webhook_argument
@json_option
@asks_webhooks
def rotate(door: WebhooksDoor, webhook_id: int, as_json: bool) -> None:
    """Print a new secret, alone on standard output; the one before signs beside it for a day."""
    answer = door.rotate(webhook_id)
    say(answer["data"]["secret"], answer, as_json)


@webhooks.command("delete")
@webhook_argument
@json_option
@asks_webhooks
def delete(door: WebhooksDoor, webhook_id: int, as_json: bool) -> None:
    """Remove a webhook and its deliveries."""
    door.delete(webhook_id)
    message = f"Webhook {webhook_id} was deleted."
    say(message, {"message": message}, as_json)


def _made(webhook: dict[str, Any]) -> str:
    return f"{webhook_text(webhook)}\nSecret: {webhook['secret']}"
