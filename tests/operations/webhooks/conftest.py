"""A webhook whose receiver stands on the loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from portal.accounts.models import User
from portal.extensions import db
from portal.webhooks import operations
from portal.webhooks.models import WebhookDelivery
from tests.support.lab import SOMEONE, Lab
from tests.support.receiver import Receiver, allow, receiver

ALL = ("run.finished", "run.failed", "run.needs_attention")


@pytest.fixture
def app(importing_app: Flask) -> Flask:
    return importing_app


@pytest.fixture
def hooks(app: Flask) -> Iterator[Receiver]:
    """The receiver, to which the app may send."""
    with receiver() as made:
        allow(app, made.host)
        yield made


@pytest.fixture
def webhook(lab: Lab, hooks: Receiver, users) -> Callable[..., int]:
    """`webhook(role="admin", url=..., email=..., events=ALL, importer=None)` makes one and gives its id."""

    def make(
        role: str = "admin",
        *,
        url: str = hooks.url,
        email: str | None = None,
        events: Any = ALL,
        importer: str | None = None,
    ) -> int:
        owner_id = users(role, email).id
        db.session.rollback()  # another session has made it
        owner = db.session.get(User, owner_id)
        return operations.create_webhook(url, events, owner=owner, importer=importer, actor=SOMEONE).id

    return make


@pytest.fixture
def deliveries(lab: Lab) -> Callable[[], list[WebhookDelivery]]:
    """All deliveries as they are now, in order."""

    def find() -> list[WebhookDelivery]:
        db.session.rollback()
        query = db.select(WebhookDelivery).order_by(WebhookDelivery.id)
        return list(db.session.scalars(query.execution_options(populate_existing=True)))

    return find


@pytest.fixture
def let_time_pass(lab: Lab) -> Callable[[], None]:
    """Whatever waits for its time is due now."""
    past = "'2000-01-01 00:00:00.000000'"
    times = f"next_attempt_at = {past}, enqueued_at = {past}"
    return lambda: lab.write(f"UPDATE webhook_deliveries SET {times} WHERE status = 'pending'")
