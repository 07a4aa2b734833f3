"""`portal jobs` at one portal, here and from elsewhere, and something that does what workers would do."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask

from portal.accounts.operations import user_by_email
from tests.cli.conftest import Command
from tests.support.job_lab import JobLab
from tests.support.lab import drain

TYPE = ("--type", "context_grounded_files")

HANDBOOK = """# Handbook

## Leave

Every employee has twenty-five days of paid leave a year. Leave is asked for in writing, two weeks before it begins.

## Notice

The notice period is the time between the letter and the last day of work. It is three months for either side.
"""

LONGEST_SECONDS = 30.0

Bench = Callable[[], AbstractContextManager[JobLab]]


@pytest.fixture
def jobs(portal: Command, token: str) -> Command:
    """`portal jobs` with the words it is given. Here, too, the administrator of the token is the only one."""
    return lambda *words: portal("jobs", *words)


@pytest.fixture
def answer(jobs: Command) -> Callable[..., Any]:
    """What `portal jobs` prints with `--json`."""

    def ask(*words: str) -> Any:
        status, out, err = jobs(*words, "--json")
        assert (status, err) == (0, "")
        return json.loads(out)

    return ask


@pytest.fixture
def bench(app: Flask, token: str, tmp_path: Path) -> Bench:
    """`with bench() as lab:` looks into the portal between two commands, as its administrator."""

    @contextmanager
    def enter() -> Iterator[JobLab]:
        with app.app_context():
            yield JobLab(app, tmp_path, user_by_email("root@example.com").id)

    return enter


@pytest.fixture
def work(app: Flask) -> Callable[[], None]:
    """Does what workers would do, until nothing waits."""

    def do() -> None:
        with app.app_context():
            drain()

    return do


@pytest.fixture
def working(work: Callable[[], None], bench: Bench) -> Iterator[None]:
    """The same all the time, for commands that wait; whatever happens, none waits for ever."""
    done, end = Event(), time.monotonic() + LONGEST_SECONDS

    def go_on() -> None:
        try:
            while not done.wait(0.02) and time.monotonic() < end:
                work()
        finally:
            with bench() as lab:
                lab.write("UPDATE file_records SET status = 'failed' WHERE status IN ('queued', 'running')")
                lab.write("UPDATE alignment_jobs SET status = 'failed' WHERE stopped_at IS NULL")

    thread = Thread(target=go_on)
    thread.start()
    yield
    done.set()
    thread.join()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands are typed: a handbook in Markdown, a note that needs converting, two that can't be
    converted."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "handbook.md").write_text(HANDBOOK)
    (folder / "note.txt").write_text("A short note.\n")
    (folder / "empty.md").touch()
    (folder / "tool.exe").write_bytes(b"MZ" + bytes(range(256)))
    return folder


@pytest.fixture
def job(jobs: Command, desk: Path) -> str:
    """The id of a job without files."""
    status, out, err = jobs("create", "Handbooks", *TYPE)
    assert (status, err) == (0, "")
    return out.strip()
