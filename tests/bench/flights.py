"""Upload to finished for the flights of 2013, against `sqlite3 .import` of the same file.

The portal's time starts when the upload is sent over HTTP and ends when the run has finished: cells checked,
look-ups made, failed rows kept with their reasons. The limit does none of that: it writes the same file into a
table of the same definition, in the same journal mode.
"""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.results import Comparison, Result
from tests.support.flights import FAILED_ROWS, ROWS, flights_csv, import_referred
from tests.support.http import Visitor, run_id_of
from tests.support.running import RunningPortal, running_portal

PAIRS = 5
AT_LEAST = 0.5


def measure(folder: Path) -> Iterator[Result]:
    """One pair to warm up, then PAIRS that count."""
    source = flights_csv(folder)
    with running_portal(folder / "portal") as portal:
        import_referred(portal)
        visitor = Visitor(portal.url, portal.sign_in_link("bench@localhost"))
        definition = str(portal.rows("SELECT sql FROM sqlite_master WHERE name = 'flights'")[0][0])
        pairs = [
            (_portal_seconds(portal, visitor, source, folder, turn), _limit_seconds(definition, source, folder))
            for turn in range(PAIRS + 1)
        ]
    ours, theirs = zip(*[(ROWS / mine, ROWS / others) for mine, others in pairs[1:]], strict=True)
    yield Comparison(
        "flights, upload to finished, against `sqlite3 .import`", ours, "sqlite3 .import", theirs, AT_LEAST
    )


def _portal_seconds(portal: RunningPortal, visitor: Visitor, source: Path, folder: Path, turn: int) -> float:
    portal.write("DELETE FROM flights")
    # Another blank line each time: the same rows, but not the same file, which would be asked about.
    upload = folder / f"flights-{turn}.csv"
    upload.write_bytes(source.read_bytes() + b"\n" * turn)
    start = time.perf_counter()
    run_id = run_id_of(visitor.upload("flights", upload))
    status = portal.wait_for_run(run_id)
    seconds = time.perf_counter() - start
    counts = portal.rows("SELECT total, successful, failed FROM ingest_runs WHERE id = ?", run_id)[0]
    assert (status, counts) == ("completed_with_errors", (ROWS, ROWS - FAILED_ROWS, FAILED_ROWS))
    assert portal.rows("SELECT count(*) FROM flights") == [(ROWS - FAILED_ROWS,)]
    return seconds


def _limit_seconds(definition: str, source: Path, folder: Path) -> float:
    database = folder / "limit.db"
    for old in folder.glob("limit.db*"):
        old.unlink()
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(definition)
    script = f"PRAGMA synchronous=NORMAL;\n.mode csv\n.import --skip 1 {source} flights\n"
    start = time.perf_counter()
    subprocess.run(["sqlite3", str(database)], input=script, text=True, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start
