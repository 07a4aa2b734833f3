"""`--wait`: what is seen while a run goes on, and how it ends."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread

import pytest

from portal.command_line import waiting
from portal.runs import operations
from portal.workers.presence import say_hello
from tests.support.lab import SOMEONE, Lab
from tests.support.running import PORTAL, RunningPortal, running_portal, until

ASKED_SECONDS = 1.0
"""After which a command that waits has asked for sure how its run stands; what it prints then can't be awaited."""

HELD = """
import time
from pathlib import Path
from portal.importers import Importer, Text

class Held(Importer, table="airlines", key="carrier", on_duplicate="update"):
    carrier = Text(required=True)
    name = Text(required=True)

    def before_run(self, run, connection):
        while not Path({released!r}).exists():
            time.sleep(0.02)
"""


@pytest.fixture
def working(bench) -> Iterator[None]:
    """Something does what workers would do, as long as the test goes on."""
    done = Event()

    def work() -> None:
        with ended_for_sure(bench) as lab:
            while not done.wait(0.05):
                lab.drain()

    thread = Thread(target=work)
    thread.start()
    yield
    done.set()
    thread.join()


@contextmanager
def ended_for_sure(bench) -> Iterator[Lab]:
    """Whatever happens within: no command waits for a run for ever."""
    with bench() as lab:
        try:
            yield lab
        finally:
            lab.write(
                "UPDATE ingest_runs SET status = 'failed', error = 'The test is over.' WHERE completed_at IS NULL"
            )


def test_waiting_ends_with_the_run_and_tells_of_failed_rows(ingest, goods, working) -> None:
    status, out, err = ingest("run", "goods", "--file", goods, "--wait")
    assert status == 1
    assert err == f"2 rows failed: portal ingest errors {out.strip()}\n"


def test_waiting_ends_well(ingest, tmp_path, working) -> None:
    path = tmp_path / "good.csv"
    path.write_text("sku,name\nA,apple\n")
    status, out, err = ingest("run", "goods", "--file", str(path), "--wait")
    assert (status, err) == (0, f"Run {out.strip()}: completed, 1 imported, 0 skipped, 0 failed\n")


def test_waiting_tells_why_a_run_failed(ingest, goods, bench) -> None:
    def lose_the_table() -> None:
        with bench() as lab:
            lab.write("DROP TABLE goods")

    _, err = waited(ingest, goods, bench, meanwhile=lose_the_table)
    assert err == "The database has no table called goods. Create it, then import the file again.\n"


def test_waiting_tells_of_a_cancel(ingest, goods, bench) -> None:
    def cancel() -> None:
        with bench() as lab:
            [(run_id,)] = lab.rows("SELECT id FROM ingest_runs")
            operations.cancel_run(run_id, actor=SOMEONE)

    out, err = waited(ingest, goods, bench, meanwhile=cancel)
    assert err == f"Run {out.strip()} was cancelled.\n"


def test_lines_tell_how_it_goes_where_there_is_no_terminal(ingest, goods, bench, monkeypatch) -> None:
    """And, once, that no worker is there."""
    monkeypatch.setattr(waiting, "LINE_SECONDS", 0.0)
    monkeypatch.setattr(waiting, "STILL_SECONDS", 0.0)
    out, err = waited(ingest, goods, bench, meanwhile=lambda: time.sleep(ASKED_SECONDS))
    lines = err.splitlines()
    assert lines[0] == f"Run {out.strip()}: pending, 0 rows so far"
    assert len([line for line in lines if "no worker is running" in line.lower()]) == 1
    assert lines[-1].startswith("2 rows failed")
    assert len(lines) == len(set(lines))


def test_it_says_nothing_of_workers_that_are_there(command_here, goods, bench, monkeypatch) -> None:
    monkeypatch.setattr(waiting, "STILL_SECONDS", 0.0)
    with bench():
        say_hello()
    ingest = partial(command_here, "ingest")
    _, err = waited(ingest, goods, bench, meanwhile=lambda: time.sleep(ASKED_SECONDS))
    assert err.startswith("2 rows failed")


def waited(ingest, goods: str, bench, *, meanwhile: Callable[[], None]) -> tuple[str, str]:
    """What is printed by a command that waits for a run that doesn't end well; `meanwhile` happens after the run has
    begun, and before anything is done."""
    with ThreadPoolExecutor(1) as threads, ended_for_sure(bench) as lab:
        outcome = threads.submit(ingest, "run", "goods", "--file", goods, "--wait")
        until(lambda: lab.rows("SELECT id FROM ingest_runs"), 30, "the run is there")
        meanwhile()
        until(lambda: lab.drain() is not None and outcome.done(), 30, "the waiting has ended")
        status, out, err = outcome.result()
    assert status == 1
    return out, err


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """A portal as its users run it, whose importer `held` waits until there is a file `released`."""
    folder = tmp_path_factory.mktemp("held")
    importer = folder / "held.py"
    importer.write_text(HELD.format(released=str(folder / "released")))
    (folder / "airlines.csv").write_text("carrier,name\nAA,American\nUA,United\n")
    with running_portal(folder, workers=1, PORTAL_IMPORTERS=str(importer)) as portal:
        portal.must("users", "create", "ann@example.com", "--role", "operator")
        portal.environment |= {"TOKEN": portal.must("tokens", "create", "ann@example.com")}
        yield portal
        (folder / "released").touch()


@pytest.mark.parametrize("place", ["here", "elsewhere"])
def test_the_bar_fits_a_narrow_terminal_and_ctrl_c_ends_only_the_waiting(held: RunningPortal, place: str) -> None:
    released = held.folder / "released"
    released.unlink(missing_ok=True)
    with waiting_in_a_terminal(held, place, columns=24) as (process, seen):
        until(lambda: "0 %" in seen(), 30, "the bar is drawn")
        process.send_signal(signal.SIGINT)
        status = process.wait(30)
        run_id = process.stdout.read().decode().strip()
    assert status == 130
    assert f"Run {run_id} goes on. To stop it: portal ingest cancel {run_id}" in seen()
    bars = [line for line in re.split(r"\r\x1b\[K", seen())[1:] if "%" in line]
    assert bars
    assert all(len(line.strip()) < 24 for line in bars)
    released.touch()
    assert held.wait_for_run(int(run_id)) == "completed"


@pytest.mark.parametrize("place", ["here", "elsewhere"])
def test_the_bar_shows_the_end(held: RunningPortal, place: str) -> None:
    (held.folder / "released").touch()
    with waiting_in_a_terminal(held, place, columns=100) as (process, seen):
        assert process.wait(60) == 0
    assert "[##############################] 100 %  2 of 2 rows" in seen()
    assert seen().endswith("\r\n")


@contextmanager
def waiting_in_a_terminal(
    portal: RunningPortal, place: str, columns: int
) -> Iterator[tuple[subprocess.Popen[bytes], Callable[[], str]]]:
    """`portal ingest run held --wait` with standard error on a terminal; what was seen there is told by a function."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    elsewhere = {"PORTAL_URL": portal.url, "PORTAL_TOKEN": portal.environment["TOKEN"]}
    environment = portal.environment | (elsewhere if place == "elsewhere" else {})
    words = ["ingest", "run", "held", "--file", "airlines.csv", "--wait"]
    with subprocess.Popen(
        [*PORTAL, *words], cwd=portal.folder, env=environment, stdout=subprocess.PIPE, stderr=slave
    ) as process:
        os.close(slave)
        screen: list[bytes] = []
        reader = Thread(target=_read, args=(master, screen))
        reader.start()
        yield process, lambda: b"".join(screen).decode()
        process.wait(60)
        reader.join()
        os.close(master)


def _read(master: int, screen: list[bytes]) -> None:
    while True:
        try:
            block = os.read(master, 1024)
        except OSError:  # what Linux says when nobody holds the other end any more
            return
        if not block:
            return
        screen.append(block)
