"""Ids of data jobs, as a shell gets them when it asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from flask import Flask
from flask.cli import ScriptInfo

from portal.cli import main
from tests.cli.conftest import no_app


@pytest.fixture
def offered(app: Flask, bench, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str | None]]:
    """Asks what could follow the words, the last of which isn't whole; ids with names."""
    with bench() as lab:
        made = lab.job()
    monkeypatch.setenv("PORTAL_DATA_DIR", str(app.config["PORTAL"].data_dir))

    def ask(*words: str, create_app: Callable[[], Flask] = lambda: app) -> dict[str, str | None]:
        info = ScriptInfo(create_app=create_app, load_dotenv_defaults=False)
        shell = ShellComplete(main, {"obj": info}, "portal", "_PORTAL_COMPLETE")
        found = shell.get_completions([word.replace("ID", made) for word in words[:-1]], words[-1].replace("ID", made))
        return {item.value.replace(made, "ID"): item.help for item in found}

    return ask


def test_jobs_are_offered_with_their_names(offered) -> None:
    assert offered("jobs", "show", "dj-") == {"ID": "Handbooks"}
    assert offered("jobs", "retry", "ID") == {"ID": "Handbooks"}
    assert offered("jobs", "show", "al-") == {}


def test_a_portal_elsewhere_isnt_asked(offered) -> None:
    assert offered("--url", "http://localhost", "jobs", "show", "dj-", create_app=no_app) == {}


def test_no_portal_is_made_by_asking(offered, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "none"))
    assert offered("jobs", "show", "dj-", create_app=no_app) == {}
    assert not (tmp_path / "none").exists()
