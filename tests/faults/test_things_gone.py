"""The folder of files is away for a while, the disk is full for a while, the web server is killed: runs go on."""

from __future__ import annotations

import os
import re
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.killing import at_work, begin
from tests.faults.places import Places, places_in_sqlite
from tests.faults.readings import Reading, check
from tests.support.running import RunningPortal, until

pytestmark = pytest.mark.slow

MOMENTS = ("staging", "processing")
IN_PIECES = "every-in-pieces"
"""Chunks enough that some are still to come when the storage, the room or the web server goes."""
NO_ROOM_BYTES = 1 << 20
"""Less than the run takes, more than the log has: what workers say there must be seen."""


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with places_in_sqlite(tmp_path_factory.mktemp("gone")) as places:
        yield places


@pytest.fixture
def begun(places: Places, file_of_readings: Path) -> Callable[[str], int]:
    """Begins a run and waits until workers are at its staging or its processing."""

    def begin_until(moment: str) -> int:
        places.clear(IN_PIECES)
        run_id = begin(places.portal, IN_PIECES, file_of_readings)
        until(lambda: moment in dict(map(reversed, at_work(places.portal, run_id))), 30, f"a worker is {moment}")
        return run_id

    return begin_until


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_goes_on_when_the_storage_is_back(
    places: Places, begun: Callable[[str], int], readings: list[Reading], moment: str
) -> None:
    run_id = begun(moment)
    with away(places.portal.folder / "files"):
        until(said(places.portal, "is put back: The folder in which the portal keeps its files is gone"), 30, "it is")
    assert places.portal.wait_for_run(run_id) == "completed_with_errors"
    check(places.portal, run_id, IN_PIECES, readings)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_goes_on_when_the_disk_has_room_again(
    places: Places, begun: Callable[[str], int], readings: list[Reading], moment: str
) -> None:
    run_id = begun(moment)
    with no_room(places.portal):
        until(said(places.portal, "disk I/O error|disk is full|File too large"), 30, "a worker finds no room")
    places.portal.wait_for_run(run_id)
    [(status, error)] = places.portal.rows("SELECT status, error FROM ingest_runs WHERE id = ?", run_id)
    if (status, error) != ("failed", "The disk is full."):
        check(places.portal, run_id, IN_PIECES, readings)


def test_runs_go_on_while_the_web_server_is_killed_and_it_comes_back(
    places: Places, begun: Callable[[str], int], readings: list[Reading]
) -> None:
    run_id = begun("processing")
    before = places.portal.web_pids()
    os.kill(before[0], signal.SIGKILL)
    until(lambda: set(places.portal.web_pids()) - set(before), 30, "there is another web server")
    until(places.portal.answers, 30, "the portal answers")
    places.portal.wait_for_run(run_id)
    check(places.portal, run_id, IN_PIECES, readings)


@contextmanager
def away(folder: Path) -> Iterator[None]:
    elsewhere = folder.with_name("away")
    folder.rename(elsewhere)
    try:
        yield
    finally:
        elsewhere.rename(folder)


@contextmanager
def no_room(portal: RunningPortal) -> Iterator[None]:
    """None of the workers can write beyond the first megabyte of any file."""
    workers = portal.worker_pids()
    before = [resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in workers]
    for pid, (_, hard) in zip(workers, before, strict=True):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (NO_ROOM_BYTES, hard))
    try:
        yield
    finally:
        for pid, limits in zip(workers, before, strict=True):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def said(portal: RunningPortal, words: str) -> Callable[[], bool]:
    """Whether something that fits `words` was added to the portal's log."""
    before = len(portal.log.read_text())
    return lambda: re.search(words, portal.log.read_text()[before:]) is not None
