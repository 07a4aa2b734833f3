"""Importers with a source by their pages: what is shown of it, who may fetch from it, where that leads."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.database import utcnow
from portal.extensions import db
from portal.runs.scheduling import tick
from tests.support.fetched import fetched_importer, hurry
from tests.support.lab import IMPORTERS

SOURCE = "https://ann:hidden@data.example.com/in/notes.csv?token=hidden"


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, object]:
    source = tmp_path / "notes.csv"
    source.write_text("body\none\ntwo\n")
    return {"source": str(source), "schedule": "30 2 * * *"}


@pytest.fixture
def app(make_app, settings, tmp_path: Path) -> Flask:
    app = make_app(importers=(IMPORTERS, fetched_importer(tmp_path, **settings)), chunk_rows=4)
    hurry(app)
    return app


@pytest.fixture
def operator(bench, sign_in) -> FlaskClient:
    return sign_in("operator")


def queries_of(app: Flask, browser: FlaskClient, page: str) -> int:
    """How many statements the page takes."""
    asked: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(_connection, _cursor, statement, *_rest) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    assert browser.get(page).status_code == 200
    event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def test_the_button_begins_a_run_and_leads_to_its_page(operator, bench) -> None:
    answer = operator.submit("/importers/fetched", "/runs/trigger/fetched")
    assert answer.status_code == 302
    assert operator.get(answer.location).status_code == 200
    run_id = int(answer.location.rpartition("/")[2])
    with bench() as lab:
        lab.drain()
        run = lab.find(run_id)
        assert (run.successful, run.dry_run, run.source) == (2, False, f"{lab.folder}/notes.csv")
    assert f'from <span class="text-break">{run.source}</span>' in operator.get(answer.location).text


def test_the_other_button_begins_a_dry_run(operator, bench) -> None:
    fields = {"csrf_token": operator.get("/importers/fetched").text.split('name="csrf_token" value="')[1].split('"')[0]}
    answer = operator.post("/runs/trigger/fetched", data=fields | {"dry_run": "1"})
    with bench() as lab:
        lab.drain()
        assert lab.find(int(answer.location.rpartition("/")[2])).dry_run
        assert lab.rows("SELECT * FROM notes") == []


def test_an_auditor_sees_the_source_and_no_button(sign_in, bench) -> None:
    auditor = sign_in("auditor")
    page = auditor.get("/importers/fetched").text
    assert "/notes.csv" in page
    assert "/runs/trigger/" not in page
    token = auditor.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert auditor.post("/runs/trigger/fetched", data={"csrf_token": token}).status_code == 403


@pytest.mark.parametrize(("slug", "status"), [("bads", 404), ("goods", 422)])
def test_what_can_not_be_fetched_is_refused(operator, bench, slug: str, status: int) -> None:
    token = operator.get("/importers/fetched").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert operator.post(f"/runs/trigger/{slug}", data={"csrf_token": token}).status_code == status
    with bench() as lab:
        assert lab.rows("SELECT * FROM ingest_runs") == []


def test_the_schedule_is_told_in_words_with_the_next_time(operator) -> None:
    page = operator.get("/importers/fetched").text
    assert "At 02:30 every day (UTC): <code>30 2 * * *</code>" in page
    assert "Next due" in page
    listed = operator.get("/importers/").text
    assert "Server path" in listed
    assert "due <time" in listed


def test_what_was_missed_is_told_with_the_last_run(operator, sign_in, bench) -> None:
    with bench() as lab:
        tick(utcnow() - timedelta(days=3))
        [run_id] = tick(utcnow() - timedelta(minutes=90) if utcnow().hour == 2 else utcnow())
        lab.drain()
    for browser, link in ((operator, False), (sign_in("admin"), True)):
        page = browser.get("/importers/fetched").text
        assert "scheduled imports were missed between" in page
        assert (f'href="/runs/{run_id}"' in page) == link, "a scheduled run belongs to nobody: admins see it"
    assert "by the schedule" in " ".join(sign_in("auditor").get(f"/runs/{run_id}").text.split())


def test_the_list_takes_as_many_queries_with_schedules_as_without(app, operator, make_app, bench) -> None:
    with bench():
        tick(utcnow())
    before = queries_of(app, operator, "/importers/")
    kept = dict(app.extensions["importers"])
    app.extensions["importers"] |= {f"more-{number}": kept["fetched"] for number in range(20)}
    assert queries_of(app, operator, "/importers/") == before


def test_a_setting_that_names_no_host_is_refused_at_the_start(make_app) -> None:
    with pytest.raises(ValueError, match=r"PORTAL_URL_ALLOW: .* is neither a host"):
        make_app(url_allow=("https://example.com",))


def test_while_the_file_is_fetched_the_run_says_so(operator, bench) -> None:
    page = operator.submit("/importers/fetched", "/runs/trigger/fetched").location
    with bench() as lab:
        lab.write("UPDATE ingest_runs SET status = 'processing', started_at = created_at")
    assert "Fetching the file from" in operator.get(page).text


class TestSecrets:
    @pytest.fixture
    def settings(self) -> dict[str, object]:
        return {"source": SOURCE}

    def test_no_page_shows_them(self, operator) -> None:
        pages = [operator.get(path).text for path in ("/importers/", "/importers/fetched")]
        assert "https://data.example.com/in/notes.csv?…" in pages[1]
        assert "hidden" not in "".join(pages).replace("visually-hidden", "").replace('type="hidden"', "").replace(
            "aria-hidden", ""
        )

    def test_a_host_that_is_not_allowed_is_told_before_anyone_tries(self, operator) -> None:
        page = operator.get("/importers/fetched").text
        assert "Files may not be fetched from data.example.com." in page
        assert "PORTAL_URL_ALLOW" in page
        answer = operator.submit("/importers/fetched", "/runs/trigger/fetched")
        assert answer.status_code == 422
        assert "Files may not be fetched from data.example.com." in answer.text
