"""A portal whose database and queue are servers, as on several machines: PostgreSQL and Redis, which may go away."""

from __future__ import annotations

import os
import signal
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import FLIGHTS_IN_PIECES
from tests.faults.test_killed_workers import IN_PIECES, chunks
from tests.support.flights import first_flights, import_referred
from tests.support.http import Visitor, run_id_of
from tests.support.running import PORTAL, RunningPortal, free_port, running_portal, until
from tests.support.servers import PostgreSQLServer, RedisServer

LEAST = 40_000
"""Flights of a run, in pieces enough that what happens in the midst of it does."""


@pytest.fixture(scope="module")
def servers(
    tmp_path_factory: pytest.TempPathFactory, postgresql: PostgreSQLServer, redis: RedisServer
) -> Iterator[RunningPortal]:
    """A portal on servers, with airlines, airports and planes in it."""
    folder = tmp_path_factory.mktemp("servers")
    with postgresql.database() as url:
        addresses = {"DATABASE_URL": url, "HUEY_URL": redis.url}
        upgrade_at_once(folder, addresses)
        with running_portal(folder / "portal", PORTAL_IMPORTERS=FLIGHTS_IN_PIECES, **addresses) as running:
            import_referred(running)
            yield running


@pytest.fixture
def portal(servers: RunningPortal) -> RunningPortal:
    """Without flights."""
    servers.write("DELETE FROM flights")
    return servers


@pytest.fixture(scope="module")
def visitor(servers: RunningPortal) -> Visitor:
    return Visitor(servers.url, servers.sign_in_link("ann@example.com"))


@pytest.fixture
def some_flights(flights: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Another number of rows for each test: a file that was there before would be asked about."""
    rows = LEAST + zlib.crc32(request.node.name.encode()) % 10_000
    return first_flights(flights, tmp_path / "some.csv", rows)


def upgrade_at_once(folder: Path, addresses: dict[str, str]) -> None:
    """As on two machines that are brought up to date together: one does it, the other finds it done."""
    environment = os.environ | {"PORTAL_DATA_DIR": str(folder / "portal")} | addresses
    both = [
        subprocess.Popen([*PORTAL, "db", "upgrade"], cwd=folder, env=environment, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in both:
        said = process.communicate(timeout=60)[1]
        assert process.returncode == 0, said


def test_nothing_is_served_from_a_database_that_is_empty_or_away(tmp_path: Path, postgresql: PostgreSQLServer) -> None:
    with postgresql.database() as url:
        refused = RunningPortal(tmp_path, DATABASE_URL=url).run("worker")
    assert (refused.returncode, refused.stderr) == (
        1,
        "Error: The database isn't that of this release. Say: portal db upgrade\n",
    )
    gone = RunningPortal(tmp_path, DATABASE_URL=url).run("web", "--port", str(free_port()))
    assert gone.returncode == 1
    assert gone.stderr.startswith("Error: The database can't be reached: ")


def test_a_run_goes_through_though_a_worker_is_killed_and_its_failed_rows_are_retried(
    portal: RunningPortal, visitor: Visitor, some_flights: Path
) -> None:
    run_id = run_id_of(visitor.upload(IN_PIECES, some_flights))
    until(lambda: chunks(portal, run_id, "done"), 60, "a chunk is done")
    os.kill(portal.worker_pids()[0], signal.SIGKILL)
    assert portal.wait_for_run(run_id) == "completed_with_errors"
    failed = check_counts(portal, run_id)
    assert failed > 0

    portal.write("INSERT INTO planes (tailnum) SELECT DISTINCT value FROM ingest_row_errors WHERE value LIKE 'N%'")
    retry_id = run_id_of(visitor.post(f"/runs/{run_id}/retry", page=f"/runs/{run_id}"))
    assert portal.wait_for_run(retry_id) == "completed_with_errors"
    counts = portal.rows("SELECT total, successful FROM ingest_runs WHERE id = ?", retry_id)[0]
    assert counts[0] == failed > counts[1] > 0
    assert portal.rows("SELECT settled FROM ingest_runs WHERE id = ?", run_id) == [(counts[1],)]
    assert not list(portal.folder.glob("*.db")), "nothing is kept in files that another machine couldn't see"


@pytest.mark.parametrize(("immediate", "chunks_done"), [(False, 1), (True, 0)])
def test_a_run_goes_on_when_the_database_has_been_restarted(
    portal: RunningPortal,
    visitor: Visitor,
    some_flights: Path,
    postgresql: PostgreSQLServer,
    *,
    chunks_done: int,
    immediate: bool,
) -> None:
    """When the file has only just been sent, or when a chunk is done; in good order, or as after a power cut."""
    run_id = run_id_of(visitor.upload(IN_PIECES, some_flights))
    until(lambda: chunks(portal, run_id, "done") >= chunks_done, 60, "so many chunks are done")
    postgresql.stop(immediate=immediate)
    postgresql.start()
    assert visitor.get("/").status == 200
    assert portal.wait_for_run(run_id) == "completed_with_errors"
    check_counts(portal, run_id)


def test_a_run_goes_on_when_the_queue_has_come_back_empty(
    portal: RunningPortal, visitor: Visitor, some_flights: Path, redis: RedisServer
) -> None:
    run_id = run_id_of(visitor.upload(IN_PIECES, some_flights))
    until(lambda: chunks(portal, run_id, "done"), 60, "a chunk is done")
    redis.stop()
    redis.start()
    assert portal.wait_for_run(run_id) == "completed_with_errors"
    check_counts(portal, run_id)


def test_the_portal_serves_while_its_queue_is_away_and_runs_begin_when_it_is_back(
    portal: RunningPortal, visitor: Visitor, some_flights: Path, redis: RedisServer
) -> None:
    redis.stop()
    run_id = run_id_of(visitor.upload(IN_PIECES, some_flights))
    assert "queue out of reach" in visitor.get("/").text
    redis.start()
    assert portal.wait_for_run(run_id) == "completed_with_errors"
    check_counts(portal, run_id)


def check_counts(portal: RunningPortal, run_id: int) -> int:
    """The run's counts and the tables agree; returns how many rows failed."""
    counts = "SELECT total, successful, failed FROM ingest_runs WHERE id = ?"
    total, successful, failed = portal.rows(counts, run_id)[0]
    assert total == successful + failed > LEAST
    assert portal.rows("SELECT count(*) FROM flights") == [(successful,)]
    assert portal.rows("SELECT count(*) FROM ingest_rows WHERE run_id = ?", run_id) == [(failed,)]
    return int(failed)
