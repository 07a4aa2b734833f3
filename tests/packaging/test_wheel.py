"""The wheel: all that the portal needs is in it, and it runs where nothing else is."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # the environment takes half a minute to make

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


def test_everything_that_the_portal_reads_is_in_it(wheel: Path) -> None:
    wanted = {"config.py", "wsgi.py"} | files_below("portal", moved_to="portal")
    for folder in ("templates", "static", "migrations"):
        wanted |= files_below(folder, moved_to=f"portal/{folder}")
    held = set(zipfile.ZipFile(wheel).namelist())
    assert wanted - held == set()
    for example in (
        "portal/templates/base.html",
        "portal/static/app.css",
        "portal/migrations/env.py",
        "portal/importers/samples/data/airlines.csv",
    ):
        assert example in held


def test_nothing_else_is_in_it(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    ours = re.compile(r"portal/|(config|wsgi)\.py$|ingest_portal-[^/]+\.dist-info/")
    assert [name for name in names if not ours.match(name) or "tests/" in name or name.endswith(".pyc")] == []


def test_its_command_says_what_there_is(environment: Path, empty_folder: Path) -> None:
    said = run(environment / "portal", "--help", folder=empty_folder)
    assert {"serve", "web", "worker", "users"} <= set(said.split())


def test_its_modules_are_those_of_the_environment(environment: Path, empty_folder: Path) -> None:
    code = "import config, portal, wsgi; print(config.__file__, portal.__file__, wsgi.app.name)"
    *places, name = run(environment / "python", "-c", code, folder=empty_folder).split()
    assert all(Path(place).is_relative_to(environment.parent) for place in places)
    assert name == "portal"


def test_it_serves_pages_and_ends_without_leftovers(environment: Path, empty_folder: Path) -> None:
    port = free_port()
    command = [environment / "portal", "serve", "--port", str(port), "--workers", "2"]
    portal = subprocess.Popen(
        command, cwd=empty_folder, env=bare(empty_folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        page = get(f"http://127.0.0.1:{port}/sign-in", portal)
        (sheet,) = re.findall(r'href="(/static/app\.css[^"]*)"', page)
        assert "--" in get(f"http://127.0.0.1:{port}{sheet}", portal)
        assert len(processes_of(environment)) >= len(("serve", "web server", "its worker", "worker 1", "worker 2"))
        portal.send_signal(signal.SIGINT)
        said, _ = portal.communicate(timeout=30)
    finally:
        portal.kill()
        left = processes_of(environment)
        for number in left:
            os.kill(number, signal.SIGKILL)
    assert portal.returncode == 0, said
    assert left == {}


@pytest.fixture
def empty_folder(tmp_path: Path) -> Path:
    """Where the portal runs and keeps its data: the checkout can't be seen from there."""
    return tmp_path


def bare(folder: Path) -> dict[str, str]:
    """An environment without the settings of whoever runs the tests."""
    return {"PATH": os.defpath, "HOME": str(folder), "PORTAL_DATA_DIR": str(folder / "data")}


def run(*command: str | Path, folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, env=bare(folder), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def get(address: str, portal: subprocess.Popen[str]) -> str:
    """The text at `address`, once the portal answers at all."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and portal.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.1)
    portal.kill()
    pytest.fail(f"The portal doesn't answer: {portal.communicate()[0]}")


def processes_of(environment: Path) -> dict[int, str]:
    """The running processes whose command names the environment."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # it ended meanwhile
            continue
        if str(environment) in command:
            found[int(folder.name)] = command
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def files_below(folder: str, *, moved_to: str) -> set[str]:
    """The files in a folder of the checkout, under the names that they have in the wheel."""
    return {
        f"{moved_to}/{path.relative_to(ROOT / folder).as_posix()}"
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
