"""Someone cancels a run in the very moment in which it ends: it has one end, and the right one."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from flask import Flask

from portal.errors import WrongState
from portal.lifecycle import RunStatus
from portal.runs import operations
from tests.faults.readings import IMPORTERS, TABLES, Reading, as_csv, check
from tests.support.at_once import at_once
from tests.support.databases import ON_BOTH, Database
from tests.support.lab import SOMEONE, Lab

ROUNDS = 30
READINGS: list[Reading] = [(line, str(line), "unknown" if line % 5 == 0 else "7") for line in range(1, 13)]


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(importers=(IMPORTERS,), chunk_rows=4)


@pytest.fixture
def own(lab: Lab, database: str) -> Database:
    for statement in TABLES:
        lab.write(statement)
    return Database(database)


@ON_BOTH
def test_a_run_is_either_finished_or_cancelled(lab: Lab, own: Database) -> None:
    chance = random.Random(1)
    took = seconds_of_a_run(lab)
    moments = [0, 5 * took, *(chance.uniform(0, 1.2 * took) for _ in range(ROUNDS))]
    ends = {cancel_meanwhile(lab, own, after) for after in moments}
    assert ends == {RunStatus.CANCELLED, RunStatus.COMPLETED_WITH_ERRORS}


def seconds_of_a_run(lab: Lab) -> float:
    lab.run("every", as_csv(READINGS))  # the first one loads what it needs
    start = time.monotonic()
    lab.run("every", as_csv(READINGS))
    return time.monotonic() - start


def cancel_meanwhile(lab: Lab, own: Database, after: float) -> RunStatus:
    """Cancel a run so many seconds after a worker has begun; returns how it ended."""
    own.write("DELETE FROM every")
    run_id = lab.start("every", as_csv(READINGS))

    def cancel() -> None:
        time.sleep(after)
        operations.cancel_run(run_id, actor=SOMEONE)

    answers = at_once(lab.app, cancel, lab.drain)
    lab.drain()
    if any(isinstance(answer, WrongState) for answer in answers):
        check(own, run_id, "every", READINGS)
    else:
        assert_cancelled_and_counted(lab, own, run_id)
    return RunStatus(lab.find(run_id).status)


def assert_cancelled_and_counted(lab: Lab, own: Database, run_id: int) -> None:
    run = lab.find(run_id)
    assert run.status == RunStatus.CANCELLED
    assert own.rows("SELECT count(*) FROM every") == [(run.successful,)]
    assert own.rows("SELECT count(*) FROM ingest_rows WHERE run_id = ?", run_id) == [(run.failed,)]
    done = "SELECT coalesce(sum(rows), 0) FROM ingest_chunks WHERE run_id = ? AND status = 'done'"
    assert own.rows(done, run_id) == [(run.processed,)]
