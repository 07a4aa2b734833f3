"""One worker process: takes tasks from the queue, and says every few seconds that it is alive.

It is started as a program of its own (`python -m portal.workers.process`), never forked from a process that has
used Polars: its threads don't survive a fork (https://docs.pola.rs/user-guide/misc/multiprocessing/).
"""

from __future__ import annotations

import gc
import logging
import threading

from flask import Flask
from huey.consumer import Consumer

from portal import create_app
from portal.alignment import tasks as alignment_tasks
from portal.database import utcnow
from portal.datajobs import tasks as job_tasks
from portal.extensions import db, huey
from portal.runs import scheduling
from portal.runs import tasks as run_tasks
from portal.runs.engine import processing, staging
from portal.webhooks import tasks as webhook_tasks
from portal.workers import presence
from portal.workers.lifeline import end_with_parent

log = logging.getLogger(__name__)

THREADS = run_tasks.AT_ONCE + 2
"""Tasks that a worker has in hand at a time: imports, one document that is converted, and one alignment."""

WARM = (processing, staging)
"""Imported here, so that the first run doesn't wait for Polars to load."""


def main() -> None:
    """Run until SIGINT (finish the task at hand) or SIGTERM (leave it to another worker)."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    end_with_parent()
    app = create_app()
    gc.freeze()  # what is loaded stays
    gc.enable()
    stopping = threading.Event()
    pulse = threading.Thread(target=_pulse, args=(app, stopping), name="pulse", daemon=True)
    pulse.start()
    consumer = Consumer(huey, workers=THREADS, periodic=False, initial_delay=0.1, **_patience())
    alignment_tasks.end_with(consumer.stop_flag)
    consumer.run()
    stopping.set()
    pulse.join(timeout=10)
    with app.app_context():
        job_tasks.end_children()
        alignment_tasks.clear_up()
        presence.say_goodbye()


def beat() -> None:
    """One beat of the pulse: renew what is held, free what the dead held, enqueue what was lost, begin what is due."""
    presence.say_hello()
    for kind in (run_tasks, job_tasks, alignment_tasks):  # all of them before anything that may take longer
        kind.renew_leases()
    gone = presence.find_gone_workers()
    queue_is_empty = huey.waiting() == 0
    run_tasks.recover(gone_workers=gone, queue_is_empty=queue_is_empty)
    job_tasks.recover(gone_workers=gone)
    alignment_tasks.recover(gone_workers=gone)
    webhook_tasks.enqueue_due(queue_is_empty=queue_is_empty)
    presence.forget(gone)
    scheduling.tick(utcnow())


def _patience() -> dict[str, float]:
    """How the queue is asked. One that wakes its workers is asked again at once, and more and more seldom only while
    it is out of reach. SQLite's is asked 10 times a second: Huey's own back-off would let an upload wait for seconds.
    """
    return {"backoff": 2.0, "max_delay": 5.0} if huey.storage.blocking else {"backoff": 1.0, "max_delay": 0.1}


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
