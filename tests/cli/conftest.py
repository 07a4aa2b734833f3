"""The command line at the portal here and at one elsewhere: the same words, the same answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo

from portal.accounts import operations
from portal.cli import main
from portal.datajobs.cli.elsewhere import DataJobsElsewhere
from portal.datajobs.cli.here import DataJobsHere
from portal.runs.cli.elsewhere import RunsElsewhere
from portal.runs.cli.here import RunsHere
from tests.conftest import SETTING_UP
from tests.support.served import served

Command = Callable[..., tuple[int, str, str]]
"""Runs `portal` with the words it is given, and gives exit status, standard output and standard error."""


@pytest.fixture(autouse=True)
def asked_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """No command that waits here sees late that there is nothing to wait for any more."""
    for door in (DataJobsHere, DataJobsElsewhere, RunsHere, RunsElsewhere):
        monkeypatch.setattr(door, "poll_seconds", 0.05)


@pytest.fixture
def command_here(app: Flask) -> Command:
    """At the portal of this machine, without a web server."""
    return command(app.test_cli_runner(), lambda: app)


@pytest.fixture
def command_elsewhere(app: Flask, token: str) -> Iterator[Command]:
    """At the same portal by its address; a command that makes an app, as if the portal were here, fails."""
    with served(app) as url:
        yield command(CliRunner(env={"PORTAL_URL": url, "PORTAL_TOKEN": token}), no_app)


@pytest.fixture(params=["here", "elsewhere"])
def portal(request: pytest.FixtureRequest) -> Command:
    """Either: a test that asks for this is run with both."""
    found: Command = request.getfixturevalue(f"command_{request.param}")
    return found


@pytest.fixture
def token(app: Flask) -> str:
    """A token of an administrator."""
    with app.app_context():
        root = operations.create_user("root@example.com", "admin", actor=SETTING_UP)
        return operations.create_token(root.id, actor=SETTING_UP)[1]


@pytest.fixture
def goods(tmp_path: Path) -> str:
    """A file with one good row and two bad ones."""
    path = tmp_path / "goods.csv"
    path.write_text("sku,name,price\nA,apple,1\nB,,2\nC,cherry,x\n")
    return str(path)


def command(runner: CliRunner, create_app: Callable[[], Flask]) -> Command:
    def run(*words: str, stdin: str = "") -> tuple[int, str, str]:
        info = ScriptInfo(create_app=create_app, load_dotenv_defaults=False)
        done = runner.invoke(main, list(words), input=stdin, obj=info, prog_name="portal", catch_exceptions=False)
        return done.exit_code, done.stdout, done.stderr

    return run


def no_app() -> Flask:
    raise AssertionError("For a portal elsewhere no app is made.")
