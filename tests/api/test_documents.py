"""What docs/api.md and its script do, done with real curl against a real portal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import TestConfig
from portal import create_app
from portal.extensions import db
from tests.support.job_lab import JobLab
from tests.support.running import RunningPortal, running_portal

FLOW = "/v1/flow"
ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "api.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL)
PROGRAM = "".join(re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL))
SHELL, PYTHON = ("sh", "-eu", "-c"), (sys.executable, "-c")


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[RunningPortal]:
    """With an importer `nightly` whose source is a file."""
    source, importers = tmp_path / "nightly.csv", tmp_path / "importers.py"
    source.write_text("carrier,name\nHA,Hawaiian Airlines Inc.\n")
    importers.write_text(
        "from portal.importers import Importer, Text\n\n"
        f"class Nightly(Importer, table='airlines', key='carrier', on_duplicate='update', source={str(source)!r}):\n"
        "    carrier = Text(required=True)\n    name = Text(required=True)\n"
    )
    with running_portal(tmp_path / "portal", PORTAL_IMPORTERS=str(importers)) as portal:
        portal.must("users", "create", "admin@example.com", "--role", "admin")
        put_documents(portal)
        yield portal


def put_documents(portal: RunningPortal) -> None:
    """A file in the library, and in a data job."""
    app = create_app(TestConfig.below(portal.folder))
    with app.app_context():
        lab = JobLab(app, portal.folder, user_id=1)
        lab.job(lab.file("handbook.txt", "How to run a pump."))
        db.engine.dispose()


def test_every_endpoint_has_an_example(document: dict[str, Any]) -> None:
    shown = "\n".join(BLOCKS)
    lacking = [
        f"{method.upper()} {path}"
        for path, methods in document["paths"].items()
        for method in methods
        if not example_of(method, path, shown)
    ]
    assert not lacking


def test_the_examples_work(portal: RunningPortal, tmp_path: Path) -> None:
    setting_up, *blocks = BLOCKS
    for block in blocks:
        done = run(setting_up + block, portal, tmp_path)
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        for run_id in range(1, 20):
            if portal.rows("SELECT 1 FROM ingest_runs WHERE id = ?", run_id):
                portal.wait_for_run(run_id)
    done = run(PROGRAM, portal, tmp_path, PYTHON)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "handbook.md").read_text() == (tmp_path / "handbook.txt").read_text()
    assert portal.rows("SELECT count(*) FROM airlines WHERE carrier IN ('UA', 'B6', 'AA', 'DL', 'HA')") == [(5,)]


def test_the_script_works(portal: RunningPortal, tmp_path: Path) -> None:
    done = run((ROOT / "docs" / "examples" / "mend-an-import.sh").read_text(), portal, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Run 1: completed_with_errors" in done.stdout
    assert '"passes":true' in done.stdout.replace(" ", "")
    assert "Open failures of run 1: 0" in done.stdout
    assert "Cancellation request sent." in done.stdout
    assert portal.rows("SELECT carrier FROM airlines ORDER BY 1") == [("AA",), ("B6",), ("DL",), ("UA",)]


def run(
    script: str, portal: RunningPortal, folder: Path, program: tuple[str, ...] = SHELL
) -> subprocess.CompletedProcess[str]:
    """`script` with a token; each time the same one, whose id examples name."""
    token = folder / "token"
    if not token.exists():
        token.write_text(portal.must("tokens", "create", "admin@example.com"))
    environment = os.environ | {"PORTAL": portal.url, "TOKEN": token.read_text()}
    command = [*program, script]
    return subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def example_of(method: str, path: str, shown: str) -> bool:
    """Whether a line of `shown` asks for `path` by `method`."""
    command, root = ("flow", FLOW) if path.startswith(FLOW) else ("api", "/api/v1")
    pattern = re.sub(r"{\w+}", r"[\\w.$-]+", path.removeprefix(root).rstrip("/"))
    lines = [line for line in shown.splitlines() if re.match(rf"{command} '?{pattern}/?(\?[^ ]*)?'?( |$)", line)]
    return any(method == method_of(line) for line in lines)


def method_of(line: str) -> str:
    if found := re.search(r"--request (\w+)", line):
        return found[1].lower()
    return "post" if "--form" in line or "--json" in line else "get"
