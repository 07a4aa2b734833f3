"""`portal completion`, and what shells get when they ask."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.conftest import command, no_app
from tests.support.lab import IMPORTERS

BIN = Path(sys.executable).parent


@pytest.fixture
def shell(tmp_path: Path) -> Callable[..., list[str]]:
    """Runs a program in an empty folder, with `portal` in its path, and gives the lines that it printed."""
    empty = tmp_path / "empty"
    empty.mkdir()

    def run(*words: str, **environment: str) -> list[str]:
        path = {"PATH": f"{BIN}:{os.environ['PATH']}", "PORTAL_IMPORTERS": IMPORTERS}
        done = subprocess.run(
            words,
            cwd=empty,
            env=os.environ | path | environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert done.stderr == ""
        assert list(empty.iterdir()) == []
        return done.stdout.splitlines()

    return run


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_the_script_asks_portal(name) -> None:
    status, out, err = command(CliRunner(), no_app)("completion", name)
    assert (status, err) == (0, "")
    assert f"_PORTAL_COMPLETE={name}_complete" in out


def test_other_shells_are_wrong_usage() -> None:
    assert command(CliRunner(), no_app)("completion", "tcsh")[0] == 2


TYPED = {
    "ing": "ingest",
    "ingest run goods": "goods goods-once goods-strict",
    "--url http://localhost ingest run goods": "",
    "ingest runs --status comp": "completed completed_with_errors",
    "ingest retry 1 --d": "--dry-run",
}


def test_bash_completes(shell) -> None:
    asks = ['eval "$(portal completion bash)"']
    for words in TYPED:
        asks += [f"COMP_WORDS=(portal {words})", "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))"]
        asks += ["_portal_completion portal", 'echo "${COMPREPLY[*]}"', "COMPREPLY=()"]
    assert shell("bash", "--norc", "-c", "\n".join(asks)) == list(TYPED.values())


def test_zsh_is_told_what_the_words_mean(shell) -> None:
    asked = {"_PORTAL_COMPLETE": "zsh_complete", "COMP_WORDS": "portal ingest can", "COMP_CWORD": "2"}
    assert shell("portal", **asked) == ["plain", "cancel", "Ask a run to stop."]


def test_fish_is_told_what_the_words_mean(shell) -> None:
    asked = {"_PORTAL_COMPLETE": "fish_complete", "COMP_WORDS": "portal ingest can", "COMP_CWORD": "can"}
    assert shell("portal", **asked) == ["plain,cancel\tAsk a run to stop."]
