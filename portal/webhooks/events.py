"""What webhooks are told of."""

from __future__ import annotations

from enum import StrEnum


class WebhookEvent(StrEnum):
    """The names by which one subscribes. Whoever makes one happen adds it here and calls `outbox.add`."""

    RUN_FINISHED = "run.finished"
    RUN_FAILED = "run.failed"
    RUN_NEEDS_ATTENTION = "run.needs_attention"


PING = "ping"
"""Sent when someone asks for a test, to any webhook."""
