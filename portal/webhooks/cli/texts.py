"""Webhooks and deliveries as lines for a terminal, from the JSON that the portal answers. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from portal.command_line import table

Json = Mapping[str, Any]


def webhooks_text(webhooks: Sequence[Json]) -> str:
    """The webhooks, a line each."""
    if not webhooks:
        return "There are no webhooks."
    rows = [
        (str(found["id"]), _state(found), found["owner"], ", ".join(found["events"]), found["url"])
        for found in webhooks
    ]
    return table(["ID", "STATE", "OWNER", "EVENTS", "URL"], rows)


def webhook_text(webhook: Json) -> str:
    """The webhook in some lines."""
    return "\n".join(
        [
            f"Webhook {webhook['id']}: {webhook['url']}",
            f"State: {_state(webhook)}",
            f"Owner: {webhook['owner']}",
            f"Events: {', '.join(webhook['events'])}",
            f"Importer: {webhook['importer'] or 'all'}",
        ]
    )


def deliveries_text(deliveries: Sequence[Json]) -> str:
    """The deliveries, a line each."""
    if not deliveries:
        return "There are no deliveries."
    rows = [
        (str(sent["id"]), sent["event"], sent["status"], _answer(sent), sent["attempts"], sent["created_at"])
        for sent in deliveries
    ]
    return table(["DELIVERY", "EVENT", "STATUS", "ANSWER", "ATTEMPTS", "CREATED"], rows)


def delivery_text(delivery: Json) -> str:
    """The delivery in some lines, its message last."""
    lines = [
        f"Delivery {delivery['id']}: {delivery['event']}, {delivery['status']}",
        f"Message: {delivery['message_id']}",
        f"Attempts: {delivery['attempts']}",
        f"Answer: {_answer(delivery) or 'none yet'}",
    ]
    if delivery["answer"] and delivery["answer"]["error"]:
        lines.append(delivery["answer"]["error"])
    if delivery["next_attempt_at"]:
        lines.append(f"Next attempt: {delivery['next_attempt_at']}")
    return "\n".join([*lines, json.dumps(delivery["payload"], indent=2)])


def _state(webhook: Json) -> str:
    return "active" if webhook["is_active"] else "paused"


def _answer(delivery: Json) -> str:
    answer = delivery["answer"]
    return str(answer["status"] or "no answer") if answer else ""
