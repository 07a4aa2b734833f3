"""Workers say that they are there; those that have gone are found."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from portal.database import utcnow, writing
from portal.extensions import db
from portal.workers.identity import host_id, is_alive, worker_id
from portal.workers.models import Worker

SEEN_WITHIN = timedelta(seconds=60)


def say_hello() -> None:
    """Enter this process among the workers, or renew its entry."""
    with writing(db.session):
        worker = db.session.get(Worker, worker_id())
        if worker is None:
            db.session.add(Worker(id=worker_id(), host=host_id(), pid=os.getpid()))
        else:
            worker.seen_at = utcnow()


def say_goodbye() -> None:
    """Take this process from the workers."""
    with writing(db.session):
        db.session.execute(delete(Worker).where(Worker.id == worker_id()))


def workers_seen() -> Sequence[Worker]:
    """The workers that were seen within the last minute."""
    query = select(Worker).where(Worker.seen_at >= utcnow() - SEEN_WITHIN)
    return db.session.scalars(query.order_by(Worker.started_at)).all()


def find_gone_workers() -> list[str]:
    """Workers of this machine whose process is dead: no need to wait until their leases end.

    Their entries are removed by `forget`, once what they held is free.
    """
    others = select(Worker).where(Worker.host == host_id(), Worker.id != worker_id())
    # One with the id of this very process has died before: ids are given again.
    here = db.session.scalars(others)
    return [worker.id for worker in here if worker.pid == os.getpid() or not is_alive(worker.pid)]


def forget(gone: Sequence[str]) -> None:
    """Remove the entries of `gone`, and of workers anywhere that were not seen for a day."""
    with writing(db.session):
        long_ago = utcnow() - timedelta(days=1)
        db.session.execute(delete(Worker).where(Worker.id.in_(gone) | (Worker.seen_at < long_ago)))
