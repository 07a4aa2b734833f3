"""The wheel, built as for a release, and an environment that holds it and what it asks for, nothing else."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.packaging.lending import lend_what_is_asked_for

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _pip(sys.executable, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment into which only the wheel was installed, by its own description.

    What it asks for is lent by the environment of the tests, whose releases are those of the lock: they needn't be
    fetched, unpacked and compiled once more.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    python = str(folder / "bin" / "python")
    _pip(sys.executable, "--python", python, "install", "--no-deps", str(wheel))
    (packages,) = folder.glob("lib/python*/site-packages")
    lend_what_is_asked_for("ingest-portal", packages)
    _pip(sys.executable, "--python", python, "check")
    return folder / "bin"


def _pip(python: str, *words: str) -> None:
    done = subprocess.run(
        [python, "-m", "pip", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
