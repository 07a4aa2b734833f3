"""Workers are killed with SIGKILL while they are at a run, somewhere in what they do."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from pathlib import Path
from threading import Thread

from tests.faults.places import Places
from tests.faults.readings import Reading, check
from tests.support.running import RunningPortal

HELD = """
SELECT w.pid, 'staging' FROM ingest_runs r JOIN workers w ON w.id = r.worker WHERE r.id = ?
UNION ALL
SELECT w.pid, 'processing' FROM ingest_chunks c JOIN workers w ON w.id = c.worker WHERE c.run_id = ?
UNION ALL
SELECT w.pid, 'finishing' FROM ingest_runs r CROSS JOIN workers w WHERE r.id = ?
AND r.status = 'processing' AND r.staged_at IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM ingest_chunks c WHERE c.run_id = r.id AND c.status <> 'done')
"""

KILLS_IN_A_RUN = 14
"""A run gives up on a piece of work after 25 workers died of it."""

KILLS_AT_STAGING = 4
"""Of those in a run: where starting workers takes long, nobody would live to process anything."""

POLL_SECONDS = 0.02
"""To ask takes a core a tenth of that."""

LONGEST_SECONDS = 0.15
"""As long as a worker takes for a chunk, on a machine that has other things to do: it dies anywhere within."""


def kill_and_check(places: Places, readings: list[Reading], file: Path, slug: str, kills: int) -> None:
    """Import again and again, until so many workers were killed that were at it; after each, all is as it must be."""
    seed = time.time_ns()
    print(f"Chance is {seed}.")  # pytest shows it when the test fails
    chance = random.Random(seed)
    killed: list[str] = []
    while len(killed) < kills:
        places.clear(slug)
        run_id = begin(places.portal, slug, file)
        killed += kill_while_at_work(places.portal, run_id, min(KILLS_IN_A_RUN, kills - len(killed)), chance)
        print(f"Run {run_id}: killed until now {killed}")
        places.portal.wait_for_run(run_id)
        check(places.portal, run_id, slug, readings, asked=places.of(slug).rows)


def kill_while_at_work(portal: RunningPortal, run_id: int, kills: int, chance: random.Random) -> list[str]:
    """Kill `kills` workers that are at the run, one after the other; returns what each was at. They are fewer where the
    run ends before."""
    killed: list[str] = []
    while len(killed) < kills and is_at_work(portal, run_id):
        if at_work(portal, run_id):
            # Somewhere in its work, and as often at its beginning, which is short: that is the point.
            time.sleep(chance.choice((0.1, 1)) * chance.uniform(0, LONGEST_SECONDS))
            killed += kill_one_of(spare_stagers(at_work(portal, run_id), killed), chance)
        else:
            time.sleep(POLL_SECONDS)
    return killed


def begin(portal: RunningPortal, slug: str, file: Path) -> int:
    """Begin a run; returns its id as soon as it is there, not only when the command has ended: else nobody would be
    killed in its first moments."""
    [(last,)] = portal.rows("SELECT coalesce(max(id), 0) FROM ingest_runs")
    command = Thread(target=portal.must, args=("ingest", "run", slug, "--file", str(file)))
    command.start()
    while not (found := portal.rows("SELECT id FROM ingest_runs WHERE id > ?", last)):
        assert command.is_alive(), "The command has ended, and there is no run."
        time.sleep(POLL_SECONDS)
    return int(found[0][0])


def at_work(portal: RunningPortal, run_id: int) -> list[tuple[int, str]]:
    """The worker processes that hold a part of the run now, and what they are at."""
    alive = set(portal.worker_pids())
    return [(pid, what) for pid, what in portal.rows(HELD, run_id, run_id, run_id) if pid in alive]


def spare_stagers(workers: list[tuple[int, str]], killed: list[str]) -> list[tuple[int, str]]:
    """Those that may be killed, after `killed`."""
    enough = killed.count("staging") >= KILLS_AT_STAGING
    return [(pid, what) for pid, what in workers if not (enough and what == "staging")]


def kill_one_of(workers: list[tuple[int, str]], chance: random.Random) -> list[str]:
    if workers:
        pid, what = chance.choice(workers)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return [what]
    return []


def is_at_work(portal: RunningPortal, run_id: int) -> bool:
    running = "SELECT 1 FROM ingest_runs WHERE id = ? AND status IN ('pending', 'processing')"
    return bool(portal.rows(running, run_id))
