"""The background task of webhooks, and what the pulse of a worker does for them."""

from __future__ import annotations

from threading import Lock

from flask import current_app

from portal.extensions import db
from portal.sources import Reach
from portal.tasking import task
from portal.webhooks import outbox
from portal.webhooks.engine import delivering, recovery
from portal.webhooks.engine.delivering import Sender

_sending = Lock()


@task
def deliver(delivery_id: int) -> None:
    # One at a time: receivers that are silent must not keep all threads of a worker from importing. Whoever sends takes
    # what comes meanwhile along; it is asked for once more when the lock is free, for what came in the last moment.
    failing: set[int] = set()
    next_id: int | None = delivery_id
    while next_id is not None and _sending.acquire(blocking=False):
        try:
            delivering.deliver_all(_sender(), next_id, failing)
        finally:
            _sending.release()
        next_id = delivering.next_due(db.session, failing=failing)


def enqueue_noted(subject_type: str, subject_id: int) -> None:
    """Put into the queue what is to be sent because of one thing."""
    for delivery_id in outbox.noted_for(db.session, subject_type, subject_id):
        deliver(delivery_id)


def enqueue_due(*, queue_is_empty: bool) -> None:
    """Put into the queue what is to be sent now and isn't in there."""
    recovery.enqueue_due(db.session, deliver, queue_is_empty=queue_is_empty)


def reach() -> Reach:
    """How far webhooks go: to any public host, and to those of one's own that `PORTAL_URL_ALLOW` names."""
    found: Reach = current_app.extensions["webhook_reach"]
    return found


def _sender() -> Sender:
    return Sender(db.session, current_app.config["PORTAL"].secret_key, reach())
