"""Workers that are killed while they convert: every file is converted once, and nobody has to press anything."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from config import TestConfig
from portal import create_app
from tests.support.job_lab import JobLab
from tests.support.running import RunningPortal, running_portal, until

FILES = 14
KILLS = 3
TAKEN_OVER_SECONDS = 90
"""What is promised; where the dead are of the same machine it is seconds."""

LONG_TEXT = "\n\n".join(f"{number}. A paragraph that says little, but at some length." for number in range(8_000))


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[RunningPortal]:
    with running_portal(tmp_path / "portal", PORTAL_IMPORTERS="") as portal:
        yield portal


@pytest.fixture
def beside(portal: RunningPortal) -> Iterator[JobLab]:
    """Another process of the same portal, which hands files in and converts nothing."""
    app = create_app(TestConfig.below(portal.folder))
    with app.app_context():
        yield JobLab(app, portal.folder)


def test_every_file_is_converted_once_whichever_worker_is_killed(portal: RunningPortal, beside: JobLab) -> None:
    files = [beside.file(f"{number:02}.txt", f"{number}\n\n{LONG_TEXT}") for number in range(FILES)]
    job_id = beside.job(*files)
    killed = 0
    while killed < KILLS:
        done = completed(portal)
        until(lambda seen=done: completed(portal) > seen, 30, "another file is converted")
        assert completed(portal) < FILES, "too quick to be killed in the midst"
        for pid in portal.worker_pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        killed += 1
        until(portal.worker_pids, 30, "workers are back")
    until(lambda: completed(portal) == FILES, TAKEN_OVER_SECONDS, "all files are converted")
    converting = portal.folder / "converting"
    until(lambda: not list(converting.rglob("record-*")), 30, "what the dead had in hand is cleared up")
    assert set(beside.states(job_id).values()) == {"completed"}
    assert [event for event in beside.events(job_id) if event == "File Processing Completed"] == [
        "File Processing Completed"
    ]
    results = portal.rows("SELECT count(*), count(DISTINCT origin_file_id) FROM files WHERE origin_file_id IS NOT NULL")
    assert results == [(FILES, FILES)]
    assert beside.result(job_id, "07.txt").startswith("7\n\n")


def completed(portal: RunningPortal) -> int:
    return int(portal.rows("SELECT count(*) FROM file_records WHERE status = 'completed'")[0][0])
