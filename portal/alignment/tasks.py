"""The background task of alignment, and what the pulse of a worker does for it: one line each into the engine."""

from __future__ import annotations

import threading
from collections.abc import Collection

from flask import current_app

from portal import leases, worker_folders
from portal.alignment.engine import recovery, working
from portal.alignment.engine.context import Context
from portal.alignment.models import AlignmentJob, AlignmentSource
from portal.extensions import db
from portal.files.storage import storage
from portal.leases import Claimant
from portal.tasking import task
from portal.workers.identity import worker_id

AT_ONCE = 8
"""So many workers are woken at most: each goes on until nothing waits."""

DOCUMENTS = 32
"""So many a worker takes at a time. A language model takes so long for one that another worker should have the next."""


_endings: list[threading.Event] = []
"""Set when this process is to end."""


def end_with(ending: threading.Event) -> None:
    """Once `ending` is set, what is in hand is finished and nothing else begun: a job may take hours."""
    _endings.append(ending)


@task
def make_pairs() -> None:
    working.work_on_waiting(context())


def wake(works: int) -> None:
    """Have workers begin on so many things that wait."""
    for _ in range(min(works, AT_ONCE)):
        make_pairs()


def renew_leases() -> None:
    """Extend the claims of this process on what it works on."""
    by = context().by
    for model in (AlignmentJob, AlignmentSource):
        leases.renew(db.session, model, by)


def recover(*, gone_workers: Collection[str]) -> None:
    """Take up what the dead held, and what the queue has lost."""
    recovery.recover(context(), gone_workers=gone_workers)


def clear_up() -> None:
    """When the worker ends."""
    worker_folders.remove(context().folder, worker_id())


def context() -> Context:
    """What the engine needs, from the running app."""
    from portal.alignment.generating.choosing import generator  # only workers need it

    config = current_app.config["PORTAL"]
    return Context(
        session=db.session,
        storage=storage(),
        by=Claimant(worker_id(), config.lease_seconds),
        generator=generator(config),
        documents=1 if config.language_model else DOCUMENTS,
        folder=config.data_dir / "aligning",
        is_ending=lambda: any(ending.is_set() for ending in _endings),
        wake=wake,
    )
