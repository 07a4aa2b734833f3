"""One worker process: takes tasks from the queue, and says every few seconds that it is alive.

It is started as a program of its own (`python -m portal.workers.process`), never forked from a process that has
used Polars: its threads don't survive a fork (https://docs.pola.rs/user-guide/misc/multiprocessing/).
"""

from __future__ import annotations

import logging
import threading

from flask import Flask
from huey.consumer import Consumer

from portal import create_app
from portal.extensions import db, huey
from portal.runs import tasks
from portal.runs.engine import claims, processing, recovery, staging
from portal.workers import presence
from portal.workers.lifeline import end_with_parent

log = logging.getLogger(__name__)

WARM = (processing, staging)
"""Imported here, so that the first run doesn't wait for Polars to load."""


def main() -> None:
    """Run until SIGINT (finish the task at hand) or SIGTERM (leave it to another worker)."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    end_with_parent()
    app = create_app()
    stopping = threading.Event()
    pulse = threading.Thread(target=_pulse, args=(app, stopping), name="pulse", daemon=True)
    pulse.start()
    # The queue's own back-off would let a fresh upload wait for seconds: it asks 10 times a second instead.
    consumer = Consumer(huey, workers=1, periodic=False, initial_delay=0.1, max_delay=0.1, backoff=1.0)
    consumer.run()
    stopping.set()
    pulse.join(timeout=10)
    with app.app_context():
        presence.say_goodbye()


def beat() -> None:
    """One beat of the pulse: renew what is held, free what the dead held, enqueue what was lost."""
    context = tasks.context()
    presence.say_hello()
    claims.renew_leases(context.session, context.by)
    gone = presence.find_gone_workers()
    recovery.recover(context, gone_workers=gone, queue_is_empty=huey.pending_count() == 0)
    presence.forget(gone)


def _pulse(app: Flask, stopping: threading.Event) -> None:
    while True:
        try:
            with app.app_context():
                beat()
                db.session.remove()
        except Exception:  # a beat that is missed must not end the pulse: the next one may succeed
            log.exception("The pulse missed a beat")
        if stopping.wait(app.config["PORTAL"].pulse_seconds):
            return


if __name__ == "__main__":
    main()
