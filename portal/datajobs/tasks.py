"""The background task of data jobs, and what the pulse of a worker does for them: one line each into the engine."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection
from pathlib import Path

from flask import current_app

from portal import leases, worker_folders
from portal.datajobs.engine import converting, recovery
from portal.datajobs.engine.context import Context
from portal.datajobs.models import FileRecord
from portal.documents.child.children import Children, Converted, Limits
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from portal.extensions import db
from portal.files.storage import storage
from portal.leases import Claimant
from portal.tasking import task
from portal.workers.identity import worker_id

AT_ONCE = 8
"""So many workers are woken at most: each goes on until nothing waits."""


@task
def convert() -> None:
    converting.convert_waiting(context())


def wake(records: int) -> None:
    """Have workers begin on so many records that wait."""
    for _ in range(min(records, AT_ONCE)):
        convert()


def renew_leases() -> None:
    """Extend the claims of this process on what it works on."""
    leases.renew(db.session, FileRecord, context().by)


def recover(*, gone_workers: Collection[str]) -> None:
    """Take up what the dead held, and what the queue has lost."""
    recovery.recover(context(), gone_workers=gone_workers)


def context() -> Context:
    """What the engine needs, from the running app."""
    config = current_app.config["PORTAL"]
    return Context(
        session=db.session,
        storage=storage(),
        by=Claimant(worker_id(), config.lease_seconds),
        convert=convert_in_child,
        folder=config.data_dir / "converting",
        wake=wake,
    )


def end_children() -> None:
    """When the worker ends."""
    children().close()
    worker_folders.remove(context().folder, worker_id())


@functools.cache
def children() -> Children:
    """The child processes of this worker."""
    return Children()


def convert_in_child(
    source: Path, *, kind: Kind, method: Method, folder: Path, is_cancelled: Callable[[], bool]
) -> Converted:
    """As `Children.convert`, with the usual limits."""
    limits = Limits()
    return children().convert(source, kind=kind, method=method, folder=folder, limits=limits, is_cancelled=is_cancelled)
