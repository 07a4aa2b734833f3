"""Scheduled imports: begun once when they are due, by any number of workers; those that were missed are told."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from portal import timeline
from portal.extensions import db
from portal.importers.cron import Cron
from portal.lifecycle import RunStatus
from portal.runs import operations, scheduling
from portal.runs.schedules import IngestSchedule, find_schedule
from portal.runs.scheduling import tick, what_is_due
from tests.support.fetched import fetched_importer, hurry
from tests.support.lab import IMPORTERS, SOMEONE, Lab

HOUR = timedelta(hours=1)
NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LEAP_DAY = datetime(2028, 2, 29, tzinfo=UTC)


@pytest.fixture
def app(make_app, tmp_path: Path) -> Flask:
    source = tmp_path / "notes.csv"
    source.write_text("body\none\ntwo\n")
    importer = fetched_importer(tmp_path, source=str(source), schedule="0 * * * *")
    app = make_app(importers=(IMPORTERS, importer), chunk_rows=4)
    hurry(app)
    return app


@pytest.fixture
def planned(lab: Lab) -> Lab:
    """The schedule was seen at half past eight, and is due at nine."""
    assert tick(NINE - HOUR / 2) == []
    return lab


def schedule(lab: Lab) -> IngestSchedule:
    db.session.rollback()
    found = find_schedule("fetched")
    assert found is not None
    return found


def told(lab: Lab) -> list[tuple[str, str]]:
    """The importer's timeline."""
    db.session.rollback()
    return [(event.event_type, event.message) for event in timeline.events_of(db.session, "importer", "fetched")]


def test_a_schedule_that_is_new_begins_nothing(planned: Lab) -> None:
    assert (schedule(planned).due_at, schedule(planned).last_run_id) == (NINE, None)
    assert planned.rows("SELECT * FROM ingest_runs") == []


def test_a_run_is_begun_when_it_is_due_and_once(planned: Lab) -> None:
    assert tick(NINE - timedelta(seconds=1)) == []
    [run_id] = tick(NINE + timedelta(seconds=3))
    assert tick(NINE + timedelta(seconds=4)) == []
    planned.drain()
    run = planned.find(run_id)
    assert (run.status, run.successful, run.scheduled_for, run.user_id) == (RunStatus.COMPLETED, 2, NINE, None)
    assert planned.events(run_id)[0] == "Triggered"
    assert timeline.events_of(db.session, "run", run_id)[0].actor_label == "schedule"
    row = schedule(planned)
    assert (row.due_at, row.last_run_id, row.last_due_at, row.notice) == (NINE + HOUR, run_id, NINE, "")
    assert told(planned) == []


def test_the_next_is_begun_at_its_own_time(planned: Lab) -> None:
    begun = []
    for minutes in range(0, 185, 5):
        begun += tick(NINE + timedelta(minutes=minutes))
        planned.drain()
    assert [planned.find(run_id).scheduled_for for run_id in begun] == [NINE + hours * HOUR for hours in range(4)]


def test_any_number_of_workers_begin_it_once(planned: Lab) -> None:
    barrier = threading.Barrier(6)
    begun: list[int] = []

    def look() -> None:
        barrier.wait()
        with planned.elsewhere():
            begun.extend(tick(NINE))

    workers = [threading.Thread(target=look) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(begun) == 1
    assert planned.rows("SELECT count(*) FROM ingest_runs") == [(1,)]


def test_any_number_of_workers_set_it_up(lab: Lab) -> None:
    barrier = threading.Barrier(6)
    failures: list[Exception] = []

    def look() -> None:
        barrier.wait()
        try:
            with lab.elsewhere():
                tick(NINE)
        except Exception as error:
            failures.append(error)

    workers = [threading.Thread(target=look) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures
    assert schedule(lab).due_at == NINE + HOUR


def test_one_that_was_missed_is_begun_late_and_told(planned: Lab) -> None:
    [run_id] = tick(NINE + HOUR / 2)
    text = "The import scheduled for 21 Nov 2026, 09:00:00 UTC was missed, since no worker was running."
    assert planned.messages(run_id)[-1] == f"{text} This run takes its place."
    assert (schedule(planned).notice, told(planned)) == (text, [("Missed", text)])
    assert planned.find(run_id).scheduled_for == NINE


def test_many_that_were_missed_are_told_and_one_run_takes_their_place(planned: Lab) -> None:
    [run_id] = tick(NINE + 3 * HOUR + HOUR / 2)
    text = (
        "4 scheduled imports were missed between 21 Nov 2026, 09:00:00 UTC and 21 Nov 2026, 12:00:00 UTC, "
        "since no worker was running."
    )
    assert planned.messages(run_id)[-1] == f"{text} This run takes their place."
    assert (schedule(planned).notice, schedule(planned).due_at) == (text, NINE + 4 * HOUR)
    assert tick(NINE + 3 * HOUR + HOUR / 2) == []


def test_those_before_one_that_is_in_time_are_told(planned: Lab) -> None:
    [run_id] = tick(NINE + 2 * HOUR)
    assert planned.find(run_id).scheduled_for == NINE + 2 * HOUR
    between = "between 21 Nov 2026, 09:00:00 UTC and 21 Nov 2026, 10:00:00 UTC"
    assert f"2 scheduled imports were missed {between}" in told(planned)[0][1]


def test_a_run_in_time_takes_the_notice_away_but_not_the_history(planned: Lab) -> None:
    tick(NINE + HOUR / 2)
    planned.drain()
    tick(NINE + HOUR)
    assert schedule(planned).notice == ""
    assert [kind for kind, _ in told(planned)] == ["Missed"]


def test_while_an_earlier_run_is_at_work_none_is_begun(planned: Lab) -> None:
    [run_id] = tick(NINE)
    assert tick(NINE + HOUR) == []
    text = f"The import scheduled for 21 Nov 2026, 10:00:00 UTC was skipped, since run {run_id} was still at work."
    assert (schedule(planned).notice, told(planned)) == (text, [("Skipped", text)])
    planned.drain()
    assert len(tick(NINE + 2 * HOUR)) == 1
    assert schedule(planned).notice == ""


def test_an_upload_at_work_counts_and_a_dry_run_does_not(planned: Lab) -> None:
    planned.start("fetched", "body\nx\n", dry_run=True)
    assert len(tick(NINE)) == 1
    planned.drain()
    planned.start("fetched", "body\nx\n")
    assert tick(NINE + HOUR) == []


def test_a_run_that_failed_does_not_stop_the_next(planned: Lab) -> None:
    (planned.folder / "notes.csv").unlink()
    [run_id] = tick(NINE)
    planned.drain()
    assert planned.find(run_id).status == RunStatus.FAILED
    assert len(tick(NINE + HOUR)) == 1


def test_a_run_that_someone_triggers_changes_nothing_of_the_schedule(planned: Lab) -> None:
    run = operations.trigger_import("fetched", actor=SOMEONE)
    assert run.scheduled_for is None
    planned.drain()
    assert len(tick(NINE)) == 1


def test_a_changed_expression_counts_from_now(planned: Lab) -> None:
    known = planned.app.extensions["importers"]
    known["fetched"] = replace(known["fetched"], schedule=Cron.parse("30 14 * * *"))
    assert tick(NINE + 3 * HOUR) == []
    assert (schedule(planned).due_at, schedule(planned).expression) == (NINE.replace(hour=14, minute=30), "30 14 * * *")
    assert told(planned) == []


def test_an_importer_that_is_gone_is_left_alone(planned: Lab) -> None:
    del planned.app.extensions["importers"]["fetched"]
    assert tick(NINE) == []
    assert planned.rows("SELECT * FROM ingest_runs") == []


def test_a_clock_that_is_set_back_begins_nothing_twice(planned: Lab) -> None:
    assert len(tick(NINE)) == 1
    planned.drain()
    assert tick(NINE - 5 * HOUR) == []
    assert tick(NINE) == []


def test_each_beat_of_a_worker_looks(lab: Lab) -> None:
    from portal.workers import process  # it loads Polars

    process.beat()
    assert timedelta(minutes=-1) < schedule(lab).due_at - datetime.now(UTC) <= HOUR
    lab.write("UPDATE ingest_schedules SET due_at = '2026-01-01 00:00:00.000000'")
    process.beat()
    lab.drain()
    [(run_id,)] = lab.rows("SELECT id FROM ingest_runs")
    assert lab.find(run_id).successful == 2
    assert " or more scheduled imports were missed between 1 Jan 2026, 00:00:00 UTC and" in told(lab)[0][1]


def test_without_schedules_nothing_is_asked(make_app) -> None:
    with make_app().app_context():
        db.drop_all()
        assert tick(NINE) == []


@pytest.mark.parametrize(
    ("expression", "due_at", "now", "expected"),
    [
        ("0 * * * *", NINE, NINE, (NINE, 0)),
        ("0 * * * *", NINE, NINE + scheduling.LATE, (NINE, 0)),
        ("0 * * * *", NINE, NINE + scheduling.LATE + timedelta(seconds=1), (NINE, 1)),
        ("0 * * * *", NINE, NINE + HOUR, (NINE + HOUR, 1)),
        ("* * * * *", NINE, NINE + timedelta(seconds=59), (NINE, 0)),
        ("* * * * *", NINE, NINE + timedelta(minutes=10, seconds=5), (NINE + timedelta(minutes=10), 10)),
        ("* * * * *", NINE, NINE + 400 * 24 * HOUR, (NINE + 400 * 24 * HOUR, 999)),
        ("0 0 29 2 *", LEAP_DAY, LEAP_DAY + 400 * 24 * HOUR, (LEAP_DAY, 1)),
    ],
)
def test_what_is_due(expression: str, due_at: datetime, now: datetime, expected: tuple[datetime, int]) -> None:
    due = what_is_due(Cron.parse(expression), due_at, now)
    assert (due.time, due.missed, due.first) == (*expected, due_at)
    assert bool(due.missed_text) == bool(due.missed)
