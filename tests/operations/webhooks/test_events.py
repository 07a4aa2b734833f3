"""What webhooks are told of runs, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from portal.accounts.models import User
from portal.database import writing
from portal.extensions import db, huey
from portal.lifecycle import RunStatus
from portal.runs import operations as runs
from portal.runs.engine import finishing
from portal.webhooks import operations, tasks
from portal.webhooks.models import DeliveryStatus
from portal.workers import process
from tests.support.conduct import CONDUCT, TABLES
from tests.support.lab import SOMEONE, Lab
from tests.support.receiver import Receiver
from tests.support.whole import ONE_FAILS, ROWS, Killed

GOOD = "body\nfine\n"
BAD = "body\nfine\nwrong!\n"


def told(hooks: Receiver) -> list[str]:
    return sorted(message.json["type"] for message in hooks.received)


def test_a_run_that_finishes_is_told_as_the_json_has_it(lab: Lab, hooks: Receiver, webhook) -> None:
    webhook_id = webhook()
    run = lab.run("notes", GOOD)
    (message,) = hooks.received
    assert set(message.json) == {"type", "timestamp", "data"}
    assert message.json["type"] == "run.finished"
    assert message.json["timestamp"].endswith("Z")
    data = message.json["data"]
    assert (data["id"], data["importer"], data["status"], data["dry_run"]) == (run.id, "notes", "completed", False)
    assert data["progress"] == {"total": 1, "processed": 1, "successful": 1, "failed": 0, "skipped": 0}
    assert data["completed_at"]
    assert message.path == "/hooks"
    assert message.headers["Host"] == hooks.host
    assert message.headers["Content-Type"] == "application/json"
    assert message.is_signed_by(operations.secret_of(webhook_id, actor=SOMEONE))


def test_failed_rows_need_a_person(lab: Lab, hooks: Receiver, webhook) -> None:
    webhook()
    lab.run("notes", BAD)
    assert told(hooks) == ["run.finished", "run.needs_attention"]
    assert {message.json["data"]["open_failures"] for message in hooks.received} == {1}
    assert {message.json["data"]["status"] for message in hooks.received} == {"completed_with_errors"}


def test_a_dry_run_says_that_it_is_one(lab: Lab, hooks: Receiver, webhook) -> None:
    webhook()
    lab.run("notes", GOOD, dry_run=True)
    assert [message.json["data"]["dry_run"] for message in hooks.received] == [True]


def test_a_run_that_fails_is_told_with_its_error(lab: Lab, hooks: Receiver, webhook) -> None:
    webhook()
    run_id = lab.start("notes", GOOD)
    lab.write("UPDATE files SET storage_key = 'gone'")
    lab.drain()
    assert lab.find(run_id).status == RunStatus.FAILED
    assert told(hooks) == ["run.failed"]
    assert hooks.received[0].json["data"]["error"] == lab.find(run_id).error


@pytest.mark.parametrize("begun", [False, True])
def test_a_cancelled_run_has_finished(lab: Lab, hooks: Receiver, webhook, begun: bool) -> None:
    webhook()
    run_id = lab.start("notes", GOOD)
    if begun:
        lab.write("UPDATE ingest_runs SET status = 'processing'")
    runs.cancel_run(run_id, actor=SOMEONE)
    lab.drain()
    assert [message.json["data"]["status"] for message in hooks.received] == ["cancelled"]


class TestAllOrNothing:
    @pytest.fixture
    def app(self, make_app):
        return make_app(importers=(CONDUCT,), chunk_rows=4)

    @pytest.mark.parametrize(
        ("content", "events"), [(ROWS, ["run.finished"]), (ONE_FAILS, ["run.failed", "run.needs_attention"])]
    )
    def test_its_end_is_told_once(self, lab: Lab, hooks: Receiver, webhook, content: str, events: list[str]) -> None:
        for statement in TABLES:
            lab.write(statement)
        webhook()
        lab.run("whole", content)
        assert told(hooks) == events


def test_only_events_that_it_wants_and_of_its_importer(lab: Lab, hooks: Receiver, webhook) -> None:
    webhook(events=["run.failed", "run.needs_attention"], importer="notes")
    lab.run("notes", GOOD)
    lab.run("goods", "sku,name,price\nA,,\n")
    assert told(hooks) == []
    lab.run("notes", BAD)
    assert told(hooks) == ["run.needs_attention"]


@pytest.mark.parametrize(
    ("role", "is_told"),
    [("operator of it", True), ("operator", False), ("admin", True), ("auditor", True)],
)
def test_who_may_see_a_run_is_told_of_it(lab: Lab, hooks: Receiver, webhook, role: str, is_told: bool) -> None:
    webhook(role.removesuffix(" of it"))
    run_id = lab.start("notes", GOOD)
    owner = db.session.scalar(db.select(User.id)) if role.endswith("of it") else None
    lab.write("UPDATE ingest_runs SET user_id = :owner", owner=owner)
    lab.drain()
    assert lab.find(run_id).status == RunStatus.COMPLETED
    assert bool(hooks.received) == is_told


def test_nothing_is_kept_for_the_paused_and_for_closed_accounts(lab: Lab, webhook, deliveries) -> None:
    operations.pause_webhook(webhook(), actor=SOMEONE)
    webhook(email="closed@example.com")
    lab.write("UPDATE users SET is_active = :no WHERE email = 'closed@example.com'", no=False)
    lab.run("notes", GOOD)
    assert deliveries() == []


@pytest.mark.parametrize("change", ["is_active = :no", "role = 'operator'"])
def test_an_account_that_changed_since_is_told_nothing(lab, hooks, webhook, deliveries, change: str) -> None:
    webhook_id = webhook()
    run_id = lab.start("notes", GOOD)
    lab.write("UPDATE ingest_runs SET status = 'processing', staged_at = created_at, total = 0")
    finishing.settle(lab.context(enqueue_announced=lambda _: None), run_id)
    lab.write(f"UPDATE users SET {change}", **({"no": False} if ":no" in change else {}))
    (noted,) = deliveries()
    tasks.deliver(noted.id)
    lab.drain()
    assert hooks.received == []
    (refused,) = deliveries()
    assert refused.status == DeliveryStatus.FAILED
    assert refused.error.startswith("Not sent, since")
    assert refused.webhook_id == webhook_id


def test_the_message_is_in_the_transaction_of_the_end(lab: Lab, webhook, deliveries) -> None:
    """Whoever is killed before the commit leaves neither; after it, both."""
    webhook()
    run_id = lab.start("notes", GOOD)
    lab.write("UPDATE ingest_runs SET status = 'processing'")
    context = lab.context()
    with pytest.raises(KeyboardInterrupt), writing(db.session):
        assert finishing.end_run(context, run_id, RunStatus.COMPLETED)
        raise KeyboardInterrupt
    assert lab.find(run_id).status == RunStatus.PROCESSING
    assert deliveries() == []
    with writing(db.session):
        assert finishing.end_run(context, run_id, RunStatus.COMPLETED)
    with writing(db.session):
        assert not finishing.end_run(context, run_id, RunStatus.COMPLETED)
    assert [delivery.event for delivery in deliveries()] == ["run.finished"]


def test_dying_at_any_statement_loses_and_doubles_nothing(lab: Lab, webhook, deliveries) -> None:
    webhook()
    died, ended = True, 0
    while died:
        run_id = lab.start("notes", GOOD)
        huey.flush()
        lab.write(
            f"UPDATE ingest_runs SET status = 'processing', staged_at = created_at, total = 0 WHERE id = {run_id}"
        )
        died = _dies_at(ended + 1, lambda: finishing.settle(lab.context(), run_id))  # noqa: B023 - called at once
        finishing.settle(lab.context(), run_id)
        ended += 1
    assert ended > 5
    told_of = [delivery.subject_id for delivery in deliveries()]
    assert told_of == [str(run_id) for (run_id,) in lab.rows("SELECT id FROM ingest_runs ORDER BY id")]


def test_what_the_queue_has_lost_is_found(lab: Lab, hooks: Receiver, webhook) -> None:
    """A worker is killed after the commit, before anything is in the queue."""
    webhook()
    run_id = lab.start("notes", GOOD)
    lab.write("UPDATE ingest_runs SET status = 'processing', staged_at = created_at, total = 0")
    finishing.settle(lab.context(enqueue_announced=lambda _: None), run_id)
    huey.flush()
    process.beat()
    assert lab.drain() == 0, "It was only just noted and may be in the queue."
    lab.write("UPDATE webhook_deliveries SET enqueued_at = '2000-01-01 00:00:00.000000'")
    process.beat()
    process.beat()
    assert lab.drain() == 1
    assert told(hooks) == ["run.finished"]


def test_without_webhooks_the_end_of_a_run_asks_for_them_once(lab: Lab) -> None:
    run_id = lab.start("notes", GOOD)
    lab.write("UPDATE ingest_runs SET status = 'processing'")
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    with writing(db.session):
        finishing.end_run(lab.context(), run_id, RunStatus.COMPLETED)
    event.remove(db.engine, "before_cursor_execute", note)
    assert len([statement for statement in asked if statement.startswith(("SELECT", "UPDATE", "INSERT"))]) == 2, asked


def _dies_at(number: int, work: Callable[[], object]) -> bool:
    """Whether `work` came to its statement or commit with this `number`, at which it ends without a trace."""
    left = number

    def count(*_arguments: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed

    for name in ("before_cursor_execute", "commit"):
        event.listen(db.engine, name, count)
    try:
        work()
    except Killed:
        return True
    finally:
        for name in ("before_cursor_execute", "commit"):
            event.remove(db.engine, name, count)
        db.session.remove()
        db.engine.dispose()
    return False
