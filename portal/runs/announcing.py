"""What webhooks are told of a run that has ended."""

from __future__ import annotations

from portal.database import AnySession
from portal.lifecycle import RunStatus
from portal.runs.models import IngestRun
from portal.runs.serializers import run_json
from portal.webhooks import outbox
from portal.webhooks.events import WebhookEvent
from portal.webhooks.outbox import Happening


def announce_end(session: AnySession, run_id: int) -> None:
    """Note down what webhooks are to be told. Belongs into the transaction in which the run ends."""
    webhooks = outbox.listening(session)
    if webhooks:
        run = session.get_one(IngestRun, run_id, populate_existing=True)
        data = dict(run_json(run)["data"])
        outbox.add(session, webhooks, Happening(events_of(run), "run", run.id, run.user_id, run.importer, data))


def events_of(run: IngestRun) -> list[WebhookEvent]:
    """What the end of `run` means to those who wait for it. Pure."""
    events = [WebhookEvent.RUN_FAILED if run.status == RunStatus.FAILED else WebhookEvent.RUN_FINISHED]
    return [*events, WebhookEvent.RUN_NEEDS_ATTENTION] if run.open_failures else events
