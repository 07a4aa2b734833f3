"""The group that the modules beside this one add their commands to, and what several of them take."""

from __future__ import annotations

from collections.abc import Sequence

import click

from portal.command_line import reaching
from portal.webhooks.cli.elsewhere import WebhooksElsewhere
from portal.webhooks.cli.here import WebhooksHere
from portal.webhooks.events import WebhookEvent

LARGEST = 2**31 - 1


@click.group("webhooks")
def webhooks() -> None:
    """Other programs that are told of what happens here."""


def split_events(_context: click.Context, _parameter: click.Parameter, texts: Sequence[str]) -> list[str]:
    """`--events a,b --events c` as a list. The portal says which of them there are."""
    return [name.strip() for text in texts for name in text.split(",") if name.strip()]


asks_webhooks = reaching(WebhooksHere, WebhooksElsewhere)
"""Gives a command its `WebhooksDoor`."""

webhook_argument = click.argument("webhook_id", type=click.IntRange(1, LARGEST), metavar="ID")
delivery_argument = click.argument("delivery_id", type=click.IntRange(1, LARGEST), metavar="DELIVERY")
events_option = click.option(
    "--events",
    multiple=True,
    callback=split_events,
    metavar="EVENT,...",
    help=f"What it is told of: {', '.join(WebhookEvent)}.",
)
