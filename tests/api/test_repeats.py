"""Whoever asks the same at almost the same time gets the same answer; whoever changes something sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from flask import Flask, Response, request

from portal.extensions import db
from tests.api.conftest import ROOT, Program
from tests.support.lab import IMPORTERS


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    """Answers are given again for longer than a test takes."""
    return make_app(importers=(IMPORTERS,), chunk_rows=4, api_repeat_seconds=3600)


@pytest.fixture
def run(operator: Program) -> str:
    return f"{ROOT}/{operator.imported()}"


def rename(app: Flask, name: str) -> None:
    """What another process does: this one can't know."""
    with app.app_context():
        db.session.connection().exec_driver_sql(f"UPDATE ingest_runs SET original_filename = '{name}'")
        db.session.commit()


def name_of(program: Program, run: str) -> str:
    return str(program.get(run).json["data"]["original_filename"])


def test_an_answer_is_given_again(app: Flask, operator: Program, run: str) -> None:
    first = operator.get(run)
    rename(app, "other.csv")
    again = operator.get(run)
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
    for name in ("Content-Type", "Cache-Control", "Content-Security-Policy", "Vary"):
        assert again.headers.getlist(name) == first.headers.getlist(name), name
    same = operator.get(run, headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")


def test_a_304_is_followed_by_the_whole_for_whoever_lacks_it(app: Flask, operator: Program, run: str) -> None:
    etag = operator.get(run).headers["ETag"]
    operator.post(f"{run}/cancel")  # drops what is kept
    assert operator.get(run, headers={"If-None-Match": etag}).status_code == 304
    assert name_of(operator, run) == "rows.csv"


def test_whoever_changes_something_sees_it(app: Flask, operator: Program, run: str) -> None:
    name_of(operator, run)
    rename(app, "other.csv")
    operator.post(f"{run}/cancel")
    assert name_of(operator, run) == "other.csv"


def test_an_answer_from_before_a_change_isnt_kept(app: Flask, operator: Program, run: str) -> None:
    asking = Event()

    def wait_for_the_change(response: Response) -> Response:
        if request.args.get("include") and not asking.is_set():
            asking.set()
            operator.client.application.test_client().post(f"{run}/cancel", headers=token)
        return response

    token = {"Authorization": f"Bearer {operator.token}"}
    app.after_request_funcs[None].append(wait_for_the_change)
    operator.get(f"{run}?include=rows")
    rename(app, "other.csv")
    assert name_of(operator, f"{run}?include=rows") == "other.csv"


def test_tokens_and_questions_are_kept_apart(app: Flask, operator: Program, run: str, program) -> None:
    name_of(operator, run)
    other = program("operator", "other@example.com")
    assert other.get(run).status_code == 404
    assert "rows" in operator.get(f"{run}?include=rows").json["data"]
    assert app.test_client().get(run).status_code == 401


def test_a_token_that_was_revoked_gets_nothing_more(operator: Program, run: str) -> None:
    name_of(operator, run)
    token = operator.get("/api/v1/tokens").json["data"][0]["id"]
    assert operator.ask("DELETE", f"/api/v1/tokens/{token}").status_code == 204
    assert operator.get(run).status_code == 401


def test_downloads_and_refusals_are_made_anew(app: Flask, operator: Program, run: str) -> None:
    first = operator.get(f"{run}/exports/rows.csv").data
    with app.app_context():
        db.session.connection().exec_driver_sql("DELETE FROM ingest_rows")
        db.session.commit()
    assert operator.get(f"{run}/exports/rows.csv").data != first
    missing = run.replace("/1", "/2")
    assert operator.get(missing).status_code == 404
    operator.imported("body\none\n", "notes")
    assert operator.get(missing).status_code == 200
