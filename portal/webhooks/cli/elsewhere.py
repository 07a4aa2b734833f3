"""The webhooks of a portal elsewhere, by its JSON API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.client import Answer, Connection
from portal.command_line import WrongUsage

API = "/api/v1/webhooks"


class WebhooksElsewhere:
    """A `WebhooksDoor` for the owner of the token."""

    def __init__(self, connection: Connection) -> None:
        self._portal = connection

    def webhooks(self) -> Answer:
        return {"data": list(self._portal.entries(API))}

    def webhook(self, webhook_id: int) -> Answer:
        return self._portal.get(f"{API}/{webhook_id}")

    def create(self, url: str, events: Sequence[str], *, importer: str | None, owner: str | None) -> Answer:
        if owner:
            raise WrongUsage("--owner works only on the portal's own machine: elsewhere it is the token's owner.")
        return self._portal.post(API, {"url": url, "events": list(events), "importer": importer})

    def edit(self, webhook_id: int, settings: Mapping[str, Any]) -> Answer:
        return self._portal.patch(f"{API}/{webhook_id}", settings)

    def switch(self, webhook_id: int, *, is_active: bool) -> Answer:
        return self._portal.patch(f"{API}/{webhook_id}", {"is_active": is_active})

    def secret(self, webhook_id: int) -> Answer:
        return self._portal.get(f"{API}/{webhook_id}/secret")

    def rotate(self, webhook_id: int) -> Answer:
        return self._portal.post(f"{API}/{webhook_id}/rotate")

    def delete(self, webhook_id: int) -> None:
        self._portal.delete(f"{API}/{webhook_id}")

    def deliveries(self, webhook_id: int, *, status: str | None, limit: int) -> Answer:
        found = self._portal.get(f"{API}/{webhook_id}/deliveries", {"status": status, "per_page": limit})
        return {"data": found["data"]}

    def delivery(self, webhook_id: int, delivery_id: int) -> Answer:
        return self._portal.get(f"{API}/{webhook_id}/deliveries/{delivery_id}")

    def test(self, webhook_id: int) -> Answer:
        return self._portal.start(f"{API}/{webhook_id}/test")

    def resend(self, webhook_id: int, delivery_id: int) -> Answer:
        return self._portal.start(f"{API}/{webhook_id}/deliveries/{delivery_id}/resend")
