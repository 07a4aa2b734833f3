"""Someone else holds the database's write lock: the run waits, and goes on by itself."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

import pytest

from tests.faults.killing import begin
from tests.faults.test_killed_workers import IN_PIECES, check_counts, chunks
from tests.support.flights import FIRST
from tests.support.running import RunningPortal, until

HELD_SECONDS = 30


@pytest.mark.slow
def test_a_run_outlasts_a_database_that_is_locked_for_a_while(portal: RunningPortal, some_flights: Path) -> None:
    run_id = begin(portal, IN_PIECES, some_flights)
    until(lambda: chunks(portal, run_id, "done"), 30, "a chunk is done")
    database = sqlite3.connect(portal.folder / "portal.db", timeout=60, isolation_level=None)
    with contextlib.closing(database) as other:
        other.execute("BEGIN IMMEDIATE")
        before = chunks(portal, run_id, "done")
        time.sleep(HELD_SECONDS)  # the lock's length is what is tried: longer than a lease holds without its pulse
        assert chunks(portal, run_id, "done") == before
        other.execute("ROLLBACK")
    assert portal.wait_for_run(run_id) == "completed_with_errors"
    check_counts(portal, run_id, FIRST)
