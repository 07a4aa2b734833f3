"""A run of the file that an importer's source gives, begun by someone or by the schedule."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal import timeline
from portal.database import AnySession, utcnow
from portal.importers import Definition
from portal.runs.models import IngestRun
from portal.sources import Address


def add_triggered_run(
    session: AnySession,
    definition: Definition,
    source: Address,
    *,
    actor: Any,
    dry_run: bool = False,
    scheduled_for: datetime | None = None,
) -> IngestRun:
    """Add a run whose file is to be fetched from `source`, in the running transaction."""
    run = IngestRun(
        importer=definition.slug,
        dry_run=dry_run,
        user_id=actor.id,
        original_filename=source.filename,
        source=source.shown,
        scheduled_for=scheduled_for,
        enqueued_at=utcnow(),
    )
    session.add(run)
    session.flush()
    timeline.record(session, "run", run.id, "Triggered", f"The file is fetched from {source.shown}.", actor=actor)
    return run
