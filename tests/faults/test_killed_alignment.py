"""Workers that are killed while they make training data: every pair is there once, and nobody has to press anything."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from config import TestConfig
from portal import create_app
from portal.alignment.generating.embedded import EmbeddedGenerator
from tests.bench.alignment.corpus import documents
from tests.support.alignment_lab import AlignmentLab
from tests.support.running import RunningPortal, running_portal, until

FILES, OWN = 90, 80
"""So many there are, of which so many have contents of their own."""
TAKEN_OVER_SECONDS = 60


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[RunningPortal]:
    with running_portal(tmp_path / "portal", PORTAL_IMPORTERS="") as portal:
        yield portal


@pytest.fixture
def beside(portal: RunningPortal) -> Iterator[AlignmentLab]:
    """Another process of the same portal, which starts alignments and makes no pairs."""
    app = create_app(TestConfig.below(portal.folder))
    with app.app_context():
        yield AlignmentLab(app, portal.folder)


def test_the_files_are_the_same_whichever_workers_are_killed(portal: RunningPortal, beside: AlignmentLab) -> None:
    texts = list(documents(OWN))
    files = [beside.markdown(f"{number:03}.md", texts[number % OWN]) for number in range(FILES)]
    job = beside.start(files)
    kill_workers(portal, lambda: done(portal) > 0.3 and document_is_held(portal))
    kill_workers(portal, lambda: step_began(portal, "writing"))
    until(lambda: status(portal) == "completed", TAKEN_OVER_SECONDS, "the training data is there")
    assert_every_pair_is_there_once(beside, job)
    assert beside.contents(beside.file(job)) == made_undisturbed(portal, beside, files)


def kill_workers(portal: RunningPortal, moment: Callable[[], bool]) -> None:
    """All of them, as soon as the moment has come. They stand still while it is looked whether it still is."""
    wait_closely(portal, moment)
    send_all(portal, signal.SIGSTOP)
    while not moment():
        send_all(portal, signal.SIGCONT)
        wait_closely(portal, moment)
        send_all(portal, signal.SIGSTOP)
    send_all(portal, signal.SIGKILL)
    until(portal.worker_pids, 30, "workers are back")


def send_all(portal: RunningPortal, number: signal.Signals) -> None:
    for pid in portal.worker_pids():
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def wait_closely(portal: RunningPortal, moment: Callable[[], bool]) -> None:
    """The last steps take but a moment."""
    end = time.monotonic() + TAKEN_OVER_SECONDS
    while not moment():
        assert time.monotonic() < end and status(portal) != "failed", "It didn't come so far."
        time.sleep(0.002)


def done(portal: RunningPortal) -> float:
    """The share of the first step that is done."""
    [(share,)] = portal.rows("SELECT 1.0 * done / total FROM alignment_steps WHERE key = 'generating'")
    return float(share)


def document_is_held(portal: RunningPortal) -> bool:
    """Whether a worker makes pairs of a document now."""
    return bool(portal.rows("SELECT 1 FROM alignment_sources WHERE worker IS NOT NULL"))


def step_began(portal: RunningPortal, key: str) -> bool:
    return bool(portal.rows("SELECT 1 FROM alignment_steps WHERE key = ? AND started_at IS NOT NULL", key))


def status(portal: RunningPortal) -> str:
    return str(portal.rows("SELECT status FROM alignment_jobs ORDER BY id DESC LIMIT 1")[0][0])


def assert_every_pair_is_there_once(beside: AlignmentLab, job: str) -> None:
    summary = beside.summary(job)
    assert summary.sources_done == summary.sources == FILES
    pairs = summary.kept + summary.duplicate
    assert len(beside.pairs(job)) == pairs == beside.steps(job)["deduplicating"][1]
    assert summary.kept == len(beside.answers(job)) == beside.steps(job)["writing"][1]
    assert summary.duplicate > 0, "some documents are all the same"
    assert sum(source.deaths for source in beside.sources(job)) > 0, "nobody was killed in the midst"
    assert beside.events(job) == ["Alignment Started", "Alignment Completed"]
    assert len(beside.stored()) == 2
    assert beside.in_hand() == []


def made_undisturbed(portal: RunningPortal, beside: AlignmentLab, files: list[str]) -> bytes:
    """What a single worker makes of the same files."""
    send_all(portal, signal.SIGSTOP)
    try:
        job = beside.start(files)
        beside.work(EmbeddedGenerator())
        return beside.contents(beside.file(job))
    finally:
        send_all(portal, signal.SIGCONT)
