"""The clock is set back by an hour while a run is at work: nothing is held or waits until it has caught up."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from portal.database import utcnow
from portal.extensions import db, huey
from portal.lifecycle import RunStatus
from portal.runs import operations
from portal.runs.engine import claims, recovery, staging
from tests.faults.killing import at_work, begin
from tests.faults.places import Places, places_in_sqlite
from tests.faults.readings import IMPORTERS, TABLES, Reading, as_csv, check
from tests.support.databases import ON_BOTH
from tests.support.lab import SOMEONE, Lab, counts
from tests.support.running import until

SOME: list[Reading] = [(line, str(line), "7") for line in range(1, 9)]
CLOCK = Path(__file__).with_name("clock")


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(importers=(IMPORTERS,), chunk_rows=4)


@pytest.fixture
def run_id(lab: Lab) -> int:
    for statement in TABLES:
        lab.write(statement)
    return lab.start("every", as_csv(SOME))


def in_an_hour(lab: Lab, column: str, *tables: str) -> None:
    """What was written before the clock was set back."""
    for table in tables:
        lab.write(f"UPDATE {table} SET {column} = :time", time=utcnow() + timedelta(hours=1))


def recover(lab: Lab) -> None:
    recovery.recover(lab.context("pulse"), gone_workers=(), queue_is_empty=True)
    lab.drain()


@ON_BOTH
def test_what_a_dead_worker_of_another_machine_held_is_free(lab: Lab, run_id: int) -> None:
    staging.stage_run(lab.context("dead"), run_id)
    for chunk_id in lab.chunk_ids(run_id):
        claims.claim_chunk(db.session, chunk_id, lab.context("dead").by)
    in_an_hour(lab, "lease_expires_at", "ingest_chunks")
    recover(lab)
    assert (lab.find(run_id).status, counts(lab.find(run_id))) == (RunStatus.COMPLETED, (8, 8, 0, 0))


@ON_BOTH
def test_staging_that_a_dead_worker_held_begins_again(lab: Lab, run_id: int) -> None:
    huey.flush()
    claims.claim_staging(db.session, run_id, lab.context("dead").by)
    in_an_hour(lab, "lease_expires_at", "ingest_runs")
    recover(lab)
    assert lab.find(run_id).status == RunStatus.COMPLETED


@ON_BOTH
def test_a_cancel_does_not_wait_for_the_dead(lab: Lab, run_id: int) -> None:
    staging.stage_run(lab.context("dead"), run_id)
    claims.claim_chunk(db.session, lab.chunk_ids(run_id)[0], lab.context("dead").by)
    in_an_hour(lab, "lease_expires_at", "ingest_chunks")
    operations.cancel_run(run_id, actor=SOMEONE)
    lab.drain()
    assert lab.find(run_id).status == RunStatus.CANCELLED


@ON_BOTH
def test_what_the_queue_has_lost_is_enqueued_again(lab: Lab, run_id: int) -> None:
    huey.flush()
    in_an_hour(lab, "enqueued_at", "ingest_runs")
    recovery.recover(lab.context("pulse"), gone_workers=(), queue_is_empty=True)
    assert huey.pending_count() == 1
    staging.stage_run(lab.context(), run_id)
    huey.flush()
    in_an_hour(lab, "enqueued_at", "ingest_chunks")
    recover(lab)
    assert lab.find(run_id).status == RunStatus.COMPLETED


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that says how far the clock of a portal is off."""
    path = tmp_path_factory.mktemp("clock") / "offset"
    path.write_text("0")
    return path


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, clock: Path) -> Iterator[Places]:
    """A portal with a clock of its own."""
    with places_in_sqlite(tmp_path_factory.mktemp("clocks"), **clock_of(clock)) as places:
        yield places


def clock_of(offset: Path) -> dict[str, str]:
    """Environment of processes whose clock is off by as many seconds as the file `offset` says at the time."""
    path = os.pathsep.join([str(CLOCK), os.environ.get("PYTHONPATH", "")])
    return {"PYTHONPATH": path, "PORTAL_TEST_CLOCK": str(offset)}


@pytest.mark.slow
def test_a_run_goes_on_when_the_clock_jumps_back_and_a_worker_dies(
    places: Places, clock: Path, readings: list[Reading], file_of_readings: Path
) -> None:
    clock.write_text("0")
    places.clear("every")
    run_id = begin(places.portal, "every", file_of_readings)
    until(lambda: at_work(places.portal, run_id), 30, "a worker is at the run")
    clock.write_text("-3600")
    for pid in {pid for pid, _ in at_work(places.portal, run_id)}:
        os.kill(pid, signal.SIGKILL)
    places.portal.wait_for_run(run_id)
    check(places.portal, run_id, "every", readings)


@pytest.mark.slow
def test_workers_whose_clocks_are_an_hour_apart_write_nothing_twice(
    places: Places, clock: Path, readings: list[Reading], file_of_readings: Path, tmp_path: Path
) -> None:
    """Each takes the other's claims for old ones."""
    clock.write_text("-3600")
    places.clear("every")
    ahead = tmp_path / "ahead"
    ahead.write_text("0")
    with places.portal.beside("worker", "--workers", "1", **clock_of(ahead)):
        until(lambda: places.portal.rows("SELECT count(*) FROM workers") == [(3,)], 30, "there are three workers")
        run_id = begin(places.portal, "every", file_of_readings)
        places.portal.wait_for_run(run_id)
    check(places.portal, run_id, "every", readings)
