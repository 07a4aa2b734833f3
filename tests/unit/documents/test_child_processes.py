"""Processes of conversions: killed, cancelled, left by a worker that was killed. Nothing stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from portal.documents import failures
from portal.documents.child.children import Cancelled, Children, Converted
from portal.documents.failures import ConversionFailed
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from tests.support import misbehaving
from tests.support.processes import Conversions, descendants, running

ROOT = Path(__file__).parents[3]


@pytest.fixture
def conversions() -> Conversions:
    return Conversions()


@pytest.fixture
def children(conversions: Conversions) -> Iterator[Children]:
    with closing(Children(misbehaving.CONVERTER)) as children:
        yield children
    assert not conversions.now()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as threads:
        yield threads


def convert(
    children: Children, text: str, folder: Path, is_cancelled: Callable[[], bool | None] = lambda: False
) -> Converted:
    folder.mkdir(exist_ok=True)
    source = folder.parent / f"{folder.name}.txt"
    source.write_text(text)
    what = {"kind": Kind.TXT, "method": Method.SPEED, "folder": folder, "is_cancelled": is_cancelled}
    return children.convert(source, **what)


@pytest.fixture
def program(tmp_path: Path) -> str:
    """A name that a program can be found by."""
    return f"program-of-{tmp_path.name}"


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def waiting_for_program(
    children: Children, program: str, folder: Path, threads: ThreadPoolExecutor, is_cancelled: Callable[[], bool]
) -> Future[Converted]:
    """A conversion that waits for a program, which is running."""
    waiting = threads.submit(convert, children, f"wait_for_program {program}", folder, is_cancelled)
    until(lambda: running(program))
    return waiting


def test_a_cancel_is_felt_within_a_second(
    children: Children, program: str, tmp_path: Path, threads: ThreadPoolExecutor
) -> None:
    cancelled = threading.Event()
    waiting = waiting_for_program(children, program, tmp_path / "folder", threads, cancelled.is_set)
    cancelled.set()
    with pytest.raises(Cancelled):
        waiting.result(timeout=1)
    assert not running(program)
    assert not list((tmp_path / "folder").iterdir())
    assert convert(children, "echo The next", tmp_path / "folder").size == 8


def test_an_error_of_whoever_is_asked_ends_the_conversion(
    children: Children, program: str, tmp_path: Path, threads: ThreadPoolExecutor
) -> None:
    """The database may be away."""
    fails = threading.Event()

    def is_cancelled() -> bool:
        if fails.is_set():
            raise ZeroDivisionError
        return False

    waiting = waiting_for_program(children, program, tmp_path / "folder", threads, is_cancelled)
    fails.set()
    with pytest.raises(ZeroDivisionError):
        waiting.result(timeout=5)
    assert not running(program)


@pytest.fixture(params=[-1, 0], ids=["the last", "the first"])
def whose(request: pytest.FixtureRequest, conversions: Conversions) -> Callable[[], int]:
    return lambda: conversions.now()[request.param]


def test_a_kill_from_outside_is_tried_again(
    children: Children, program: str, tmp_path: Path, threads: ThreadPoolExecutor, whose: Callable[[], int]
) -> None:
    """Of the processes that take part, the last one to be started or the first: converter and keeper."""
    waiting = waiting_for_program(children, program, tmp_path / "folder", threads, lambda: False)
    os.kill(whose(), signal.SIGKILL)
    with pytest.raises(ConversionFailed) as raised:
        waiting.result(timeout=5)
    assert raised.value.failure == failures.UNAVAILABLE
    until(lambda: not running(program), seconds=2)
    assert not list((tmp_path / "folder").iterdir())
    assert convert(children, "echo The next", tmp_path / "folder").size == 8


def test_a_keeper_that_was_killed_while_idle_is_replaced(
    children: Children, conversions: Conversions, tmp_path: Path
) -> None:
    convert(children, "echo One", tmp_path / "folder")
    keeper = conversions.now()[0]
    os.kill(keeper, signal.SIGKILL)
    os.waitid(os.P_PID, keeper, os.WEXITED | os.WNOWAIT)
    assert convert(children, "echo Two", tmp_path / "folder").path.read_text() == "Two"


@pytest.mark.parametrize("how", [[], ["plain"]], ids=["namespaces", "plain"])
def test_what_a_killed_worker_leaves_ends_by_itself(program: str, tmp_path: Path, how: list[str]) -> None:
    worker = started_worker(f"wait_for_program {program}", tmp_path, how)
    until(lambda: running(program))
    left = descendants(worker.pid)
    assert len(left) == 3 or (len(left) == 4 and not how), "keeper, converter, program; who waits for the keeper"
    worker.kill()
    worker.wait()
    until(lambda: not any(Path(f"/proc/{process}").exists() for process in left), seconds=2)


def test_programs_end_with_their_converter_without_namespaces_too(program: str, tmp_path: Path) -> None:
    worker = started_worker(f"leave_behind {program}", tmp_path, ["plain"])
    assert worker.communicate(timeout=20)[0] == "left behind\n"
    assert not running(program)


def started_worker(text: str, folder: Path, how: list[str]) -> subprocess.Popen[str]:
    source = folder / "source"
    source.write_text(text)
    command = [sys.executable, "-m", "tests.support.converting_worker", str(source), str(folder), *how]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_several_threads_convert_at_a_time(
    children: Children, conversions: Conversions, tmp_path: Path, threads: ThreadPoolExecutor
) -> None:
    names = [f"document {number}" for number in range(12)]
    jobs = [threads.submit(convert, children, f"echo {name}", tmp_path / name) for name in names]
    assert [job.result().path.read_text() for job in jobs] == names
    assert 1 <= len(conversions.now()) <= 4 * 2, "a keeper for each thread, and who waits for it"


def test_closed_while_it_converts(
    children: Children, conversions: Conversions, tmp_path: Path, threads: ThreadPoolExecutor
) -> None:
    asked = threading.Event()
    job = threads.submit(convert, children, "sleep 0.5", tmp_path / "folder", lambda: bool(asked.set()))
    asked.wait()
    children.close()
    assert job.result().path.read_text() == "slept"
    assert not conversions.now()
