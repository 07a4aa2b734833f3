"""The wheel, built as for a release, and an environment that holds it and what it asks for, nothing else."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

import pytest

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

    The lock says which releases, so that a release made tonight can't fail this test, but not what is installed.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    releases = folder / "releases.txt"
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    releases.write_text("\n".join(line.rstrip("\\ ") for line in lines if not line.startswith((" ", "#"))))
    _pip(str(folder / "bin" / "python"), "install", "--no-compile", "--constraint", str(releases), str(wheel))
    return folder / "bin"


def _pip(python: str, *words: str) -> None:
    done = subprocess.run(
        [python, "-m", "pip", *words, "--quiet"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
