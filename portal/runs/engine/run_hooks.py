"""`before_run` and `after_run` of an importer: called once, unless a worker dies at that very moment."""

from __future__ import annotations

import logging

from sqlalchemy import update

from portal import leases, timeline
from portal.database import utcnow, writing
from portal.errors import PortalError
from portal.importers import Definition, RunFacts
from portal.importers.hooks import Hook
from portal.runs.engine import claims
from portal.runs.engine.context import Context
from portal.runs.engine.explaining import TriedTooOften, explain
from portal.runs.engine.hooks import called, facts_of
from portal.runs.models import IngestRun

log = logging.getLogger(__name__)


def call_before_run(context: Context, run_id: int, definition: Definition) -> None:
    """Call `before_run` before the first row is staged. Raises HookBroken with what it raises."""
    hook = definition.hooks.before_run
    run = context.session.get_one(IngestRun, run_id, populate_existing=True)
    if hook is None or run.prepared_at is not None:
        return
    _call(context, definition, hook, facts_of(run))
    with writing(context.session):
        context.session.execute(update(IngestRun).where(IngestRun.id == run_id).values(prepared_at=utcnow()))


def call_after_run(context: Context, run_id: int) -> None:
    """Call `after_run` of a run that has ended, if it is due and this worker's to call. What it raises is told on the
    run's timeline."""
    attempt = claims.claim_after_run(context.session, run_id, context.by)
    if attempt is None:
        return
    with leases.at_work(IngestRun, run_id):
        told = _told_of_after_run(context, run_id, attempt)
        with writing(context.session):
            if claims.release_run(context.session, run_id, context.by.worker):
                done = update(IngestRun).where(IngestRun.id == run_id).values(after_run_due=False)
                context.session.execute(done)
                if told:
                    timeline.record(context.session, "run", run_id, "Hook failed", told)


def _told_of_after_run(context: Context, run_id: int, attempt: int) -> str:
    """Call the hook; returns what is to be told of it, nothing where all is well."""
    run = context.session.get_one(IngestRun, run_id, populate_existing=True)
    definition = context.find_importer(run.importer)
    hook = definition.hooks.after_run if definition else None
    try:
        if attempt > claims.MAX_ATTEMPTS:
            raise TriedTooOften
        if definition and hook:
            _call(context, definition, hook, facts_of(run))
    except Exception as error:  # whatever it is, the run has ended and stays as it is
        context.session.rollback()
        log.exception("after_run of run %s broke", run_id)
        return error.detail if isinstance(error, PortalError) else explain(error)[0]
    return ""


def _call(context: Context, definition: Definition, hook: Hook, facts: RunFacts) -> None:
    """Call the hook, within a transaction if it asks for a connection; that of a dry run is taken back."""
    if "connection" not in hook.wants:
        context.session.commit()  # no read transaction stays open meanwhile
        called(hook, facts)
    elif definition.database:
        with context.connect(definition.database) as connection:
            connection.commit()
            called(hook, facts, connection=connection)
            (connection.rollback if facts.dry_run else connection.commit)()
    else:
        with writing(context.session):
            connection = context.session.connection()
            savepoint = connection.begin_nested()
            called(hook, facts, connection=connection)
            (savepoint.rollback if facts.dry_run else savepoint.commit)()
