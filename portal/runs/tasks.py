"""The background tasks of runs: each one line into the engine."""

from __future__ import annotations

import threading
from collections.abc import Collection

from flask import current_app

from portal.extensions import db
from portal.files.storage import storage
from portal.importers import find_importer
from portal.leases import Claimant
from portal.runs.announcing import announce_end
from portal.runs.engine import claims
from portal.runs.engine.context import Context
from portal.target_databases import connect
from portal.tasking import task
from portal.webhooks.tasks import enqueue_noted
from portal.workers.identity import worker_id

AT_ONCE = 2
"""So many files and chunks of imports a worker has in hand at a time: while one waits for the database, another is
staged or checked. More would only take memory."""

_turns = threading.BoundedSemaphore(AT_ONCE)


@task
def stage(run_id: int) -> None:
    from portal.runs.engine import staging  # Polars stays out of the web process

    with _turns:
        staging.stage_run(context(), run_id)


@task
def process(chunk_id: int) -> None:
    from portal.runs.engine import processing  # as above

    with _turns:
        processing.process_chunk(context(), chunk_id)


@task
def last_step(run_id: int) -> None:
    from portal.runs.engine import last_steps  # as above

    last_steps.do_last_step(context(), run_id)


@task
def settle(run_id: int) -> None:
    from portal.runs.engine import finishing  # as above

    finishing.settle(context(), run_id)


def renew_leases() -> None:
    """Extend the claims of this process on what it works on."""
    claims.renew_leases(db.session, context().by)


def recover(*, gone_workers: Collection[str], queue_is_empty: bool) -> None:
    """Put back what the dead held, and what the queue has lost."""
    from portal.runs.engine import recovery  # as above

    recovery.recover(context(), gone_workers=gone_workers, queue_is_empty=queue_is_empty)


def context() -> Context:
    """What the engine needs, from the running app."""
    config = current_app.config["PORTAL"]
    return Context(
        session=db.session,
        storage=storage(),
        by=Claimant(worker_id(), config.lease_seconds),
        find_importer=find_importer,
        enqueue_staging=stage,
        enqueue_chunk=process,
        enqueue_last_step=last_step,
        announce_end=announce_end,
        enqueue_announced=lambda run_id: enqueue_noted("run", run_id),
        connect=connect,
        chunk_rows=config.chunk_rows,
        reach=current_app.extensions["reach"],
        incoming=config.data_dir / "incoming",
    )
