"""The portal of this machine: what is said when its database isn't as it should be."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from config import TestConfig
from portal import create_app
from portal.cli import main
from tests.cli.conftest import Command, command
from tests.support.running import free_port


def portal(app: Flask) -> Command:
    return command(app.test_cli_runner(), lambda: app)


@pytest.mark.parametrize("words", [("ingest", "status", "1"), ("users", "list")])
def test_a_database_without_tables(tmp_path: Path, words: tuple[str, ...]) -> None:
    run = portal(create_app(TestConfig.below(tmp_path)))
    assert run(*words) == (1, "", "Error: The database isn't that of this release. Say: portal db upgrade\n")


def test_a_database_that_is_away(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://127.0.0.1:{free_port()}/portal"
    status, out, err = portal(create_app(TestConfig.below(tmp_path, database_url=url)))("users", "list")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("Error: The database can't be reached: ")


def test_a_setting_that_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTAL_MAX_UPLOAD_MB", "much")
    done = CliRunner().invoke(main, ["ingest", "list"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: PORTAL_MAX_UPLOAD_MB must be a whole number, but it is 'much'.\n"


def test_a_data_folder_that_can_not_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "file" / "data"))
    done = CliRunner().invoke(main, ["ingest", "list"])
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("Error: PORTAL_DATA_DIR can't be used: ")


def test_flask_has_the_same_commands(app: Flask) -> None:
    assert set(main.commands) <= set(app.cli.commands)
