"""Cancel stops a run within a second, whatever its workers are at."""

from __future__ import annotations

import time
from pathlib import Path

from tests.support.running import RunningPortal, until


def test_a_run_at_full_speed_stops_within_a_second(portal: RunningPortal, flights: Path) -> None:
    for _ in range(3):  # at different moments of its life
        run_id = int(portal.must("ingest", "run", "flights", "--file", str(flights)))
        until(lambda run_id=run_id: done(portal, run_id), 30, "a chunk is done")
        portal.must("ingest", "cancel", str(run_id))
        start = time.monotonic()
        assert portal.wait_for_run(run_id) == "cancelled"
        assert time.monotonic() - start < 1.0
        assert_kept_and_counted(portal, run_id)


def test_the_request_to_cancel_is_itself_taken_at_once(portal: RunningPortal, flights: Path) -> None:
    """Workers that write all the time must leave the database to others in between."""
    run_id = int(portal.must("ingest", "run", "flights", "--file", str(flights)))
    until(lambda: done(portal, run_id), 30, "a chunk is done")
    start = time.monotonic()
    portal.write("UPDATE users SET last_seen_at = NULL")
    assert time.monotonic() - start < 1.0
    portal.must("ingest", "cancel", str(run_id))
    assert portal.wait_for_run(run_id) == "cancelled"


def done(portal: RunningPortal, run_id: int) -> int:
    query = "SELECT count(*) FROM ingest_chunks WHERE run_id = ? AND status = 'done'"
    return int(portal.rows(query, run_id)[0][0])


def assert_kept_and_counted(portal: RunningPortal, run_id: int) -> None:
    successful, failed, rows_of_chunks = portal.rows(
        "SELECT r.successful, r.failed, sum(c.rows) FROM ingest_runs r JOIN ingest_chunks c ON c.run_id = r.id "
        "WHERE r.id = ? AND c.status = 'done'",
        run_id,
    )[0]
    assert successful + failed == rows_of_chunks
    assert portal.rows("SELECT count(*) FROM ingest_rows WHERE run_id = ?", run_id) == [(failed,)]
    assert portal.rows("SELECT count(*) FROM flights")[0][0] >= successful
