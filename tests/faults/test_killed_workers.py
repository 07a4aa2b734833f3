"""Whatever is killed, whenever: the counts come out the same, and nobody has to press anything."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from portal.serving import children
from tests.faults.killing import begin
from tests.support.flights import ALL, FIRST, Counts
from tests.support.running import RunningPortal, until

IN_PIECES = "flights-in-pieces"


def test_all_workers_killed_at_once_are_replaced_and_the_run_goes_on(portal: RunningPortal, flights: Path) -> None:
    run_id = begin(portal, "flights", flights)
    until(lambda: chunks(portal, run_id, "done"), 30, "a chunk is done")
    for pid in portal.worker_pids():
        os.kill(pid, signal.SIGKILL)
    assert portal.wait_for_run(run_id) == "completed_with_errors"
    check_counts(portal, run_id, ALL)


def test_a_portal_killed_whole_goes_on_where_it_was_when_it_is_started_again(
    portal: RunningPortal, some_flights: Path
) -> None:
    run_id = begin(portal, IN_PIECES, some_flights)
    until(lambda: chunks(portal, run_id, "done"), 30, "a chunk is done")
    workers = portal.worker_pids()
    assert portal.process is not None
    portal.process.kill()
    portal.process.wait()
    for pid in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), 10, "its workers are gone")
    portal.start()
    assert portal.wait_for_run(run_id) == "completed_with_errors"
    check_counts(portal, run_id, FIRST)


def test_a_run_goes_on_though_the_queue_has_lost_everything(portal: RunningPortal, some_flights: Path) -> None:
    portal.stop()
    run_id = int(portal.must("ingest", "run", IN_PIECES, "--file", str(some_flights)))  # with nobody at work
    for part in portal.folder.glob("queue.db*"):
        part.unlink()
    portal.write(
        "UPDATE ingest_runs SET enqueued_at = '2000-01-01 00:00:00.000000' WHERE id = ?", run_id
    )  # as if it had lain for long
    portal.start()
    assert portal.wait_for_run(run_id) == "completed_with_errors"
    check_counts(portal, run_id, FIRST)


def test_a_worker_that_is_asked_to_stop_while_it_loads_ends(referred: Path) -> None:
    """Else the portal would wait for it for 20 seconds."""
    environment = os.environ | {"PORTAL_DATA_DIR": str(referred)}
    with subprocess.Popen(children.workers(1)[0].command, env=environment) as worker:
        maps = Path(f"/proc/{worker.pid}/maps")
        until(lambda: "polars" in maps.read_text(), 30, "Polars is loaded")
        worker.send_signal(signal.SIGINT)
        assert worker.wait(timeout=10) == 0


def chunks(portal: RunningPortal, run_id: int, status: str) -> int:
    query = "SELECT count(*) FROM ingest_chunks WHERE run_id = ? AND status = ?"
    return int(portal.rows(query, run_id, status)[0][0])


def check_counts(portal: RunningPortal, run_id: int, expected: Counts) -> None:
    """The run's own counts, what is in the table, the failed rows and their causes: all of them agree."""
    counts = "SELECT total, successful, failed, skipped FROM ingest_runs WHERE id = ?"
    successful = expected.rows - expected.failed
    assert portal.rows(counts, run_id) == [(expected.rows, successful, expected.failed, 0)]
    assert portal.rows("SELECT count(*) FROM flights") == [(successful,)]
    assert portal.rows("SELECT count(*) FROM ingest_rows WHERE run_id = ?", run_id) == [(expected.failed,)]
    groups = "SELECT key, count FROM ingest_error_groups WHERE run_id = ? ORDER BY count DESC"
    causes = [("tailnum.lookup", expected.unknown_planes), ("dest.lookup", expected.unknown_airports)]
    assert portal.rows(groups, run_id) == causes
    errors = "SELECT count(*) FROM ingest_row_errors JOIN ingest_error_groups g ON g.id = group_id WHERE run_id = ?"
    assert portal.rows(errors, run_id) == [(sum(count for _, count in causes),)]
