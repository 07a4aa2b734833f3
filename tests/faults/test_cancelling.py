"""Cancel stops a run soon, whatever its workers are at."""

from __future__ import annotations

import time
from pathlib import Path

from tests.support.http import Visitor, run_id_of
from tests.support.running import RunningPortal, until

SECONDS = 3
"""On a machine that runs other tests meanwhile. The benchmark `cancelling` holds it to the second that is wanted."""


def test_a_run_at_full_speed_stops_soon(portal: RunningPortal, flights: Path) -> None:
    visitor = Visitor(portal.url, portal.sign_in_link("admin@example.com", "admin"))
    for _ in range(3):  # at different moments of its life
        run_id = begun(portal, visitor, flights)
        start = time.monotonic()
        cancel(visitor, run_id)
        assert portal.wait_for_run(run_id) == "cancelled"
        assert time.monotonic() - start < SECONDS
        assert_kept_and_counted(portal, run_id)


def test_the_request_to_cancel_is_itself_taken_at_once(portal: RunningPortal, flights: Path) -> None:
    """Workers that write all the time must leave the database to others in between."""
    visitor = Visitor(portal.url, portal.sign_in_link("admin@example.com", "admin"))
    for _ in range(5):  # on a busy machine the run may end before it is asked to stop
        run_id = begun(portal, visitor, flights)
        start = time.monotonic()
        portal.write("UPDATE users SET last_seen_at = NULL")
        assert time.monotonic() - start < SECONDS
        if visitor.post(f"/runs/{run_id}/cancel", page=f"/runs/{run_id}").status == 200:
            break
    assert portal.wait_for_run(run_id) == "cancelled"


def begun(portal: RunningPortal, visitor: Visitor, flights: Path) -> int:
    """A run of which a chunk is done. Over HTTP, as its cancel: a command would take longer to end than the run."""
    with flights.open("ab") as file:
        file.write(b"\n")  # the very same file would be asked about
    run_id = run_id_of(visitor.upload("flights", flights))
    done = "SELECT 1 FROM ingest_chunks WHERE run_id = ? AND status = 'done'"
    until(lambda: portal.rows(done, run_id), 30, "a chunk is done")
    return run_id


def cancel(visitor: Visitor, run_id: int) -> None:
    assert visitor.post(f"/runs/{run_id}/cancel", page=f"/runs/{run_id}").status == 200


def assert_kept_and_counted(portal: RunningPortal, run_id: int) -> None:
    successful, failed, rows_of_chunks = portal.rows(
        "SELECT r.successful, r.failed, sum(c.rows) FROM ingest_runs r JOIN ingest_chunks c ON c.run_id = r.id "
        "WHERE r.id = ? AND c.status = 'done'",
        run_id,
    )[0]
    assert successful + failed == rows_of_chunks
    assert portal.rows("SELECT count(*) FROM ingest_rows WHERE run_id = ?", run_id) == [(failed,)]
    assert portal.rows("SELECT count(*) FROM flights")[0][0] >= successful
