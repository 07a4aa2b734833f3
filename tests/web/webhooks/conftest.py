"""A portal that may send webhooks to a receiver on the loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portal.extensions import db
from portal.sources.reach import resolve
from portal.webhooks.models import WebhookDelivery
from tests.support.lab import drain
from tests.support.receiver import Receiver, allow, receiver


@pytest.fixture(autouse=True)
def no_name_server(app) -> None:
    """Names that tests make up are looked up by nobody."""
    allow(app, resolve=lambda _host, _port: ["93.184.216.34"])


@pytest.fixture
def hooks(app: Flask) -> Iterator[Receiver]:
    with receiver() as made:
        allow(app, made.host, resolve=resolve)
        yield made


@pytest.fixture
def work(app: Flask) -> Callable[[], int]:
    """Executes what is in the queue."""

    def work() -> int:
        with app.app_context():
            return drain()

    return work


@pytest.fixture
def note_deliveries(app: Flask) -> Callable[..., None]:
    """Enters deliveries as if they had been sent: `note_deliveries(3, status="failed", error="...")`."""

    def note(count: int, webhook_id: int = 1, **values) -> None:
        subject = {"subject_type": "run", "subject_id": "1", "payload": {"type": "run.failed"}, "event": "run.failed"}
        with app.app_context():
            for _ in range(count):
                db.session.add(WebhookDelivery(**({"webhook_id": webhook_id} | subject | values)))
            db.session.commit()

    return note
