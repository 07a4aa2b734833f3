"""Exports and the download of failed rows by their addresses: who gets them, under which name, and what ends them."""

from __future__ import annotations

import csv
import io
import json
from itertools import product

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, insert
from werkzeug.test import TestResponse

from portal.extensions import db
from portal.runs.models import IngestRow
from portal.runs.queries.streams import PART
from tests.web.runs.test_runs import begun, upload

API = "/api/v1/ingest"
MIMETYPES = {"json": "application/json", "jsonl": "application/jsonl", "csv": "text/csv"}


@pytest.fixture
def operator(bench, sign_in):
    return sign_in("operator")


@pytest.fixture
def finished(operator, bench) -> int:
    run_id = begun(upload(operator))
    with bench() as lab:
        lab.drain()
    return run_id


def get(browser: FlaskClient, path: str) -> TestResponse:
    """The whole answer: what is streamed holds its request's context until it is read."""
    return browser.get(path, buffered=True)


def test_every_export_is_a_file_of_its_form(operator, finished) -> None:
    for (what, path), (ending, mimetype) in product(addresses(finished).items(), MIMETYPES.items()):
        answer = get(operator, f"{path}.{ending}")
        assert (answer.status_code, answer.mimetype) == (200, mimetype)
        name = "runs" if what == "runs" else f"run-{finished}-{what}"
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}.{ending}"
        assert answer.text.count("\n") > 1 or (what, ending) == ("runs", "jsonl")


def addresses(run_id: int) -> dict[str, str]:
    of_run = {what: f"{API}/{run_id}/exports/{what}" for what in ("rows", "groups", "timeline")}
    return {"runs": f"{API}/exports/runs"} | of_run


def test_exports_have_the_records_of_the_lists(operator, finished) -> None:
    exported = {what: get(operator, f"{path}.json").json["data"] for what, path in addresses(finished).items()}
    listed = {what: get(operator, f"{API}/{finished}/{what}").json["data"] for what in ("rows", "timeline")}
    summary = get(operator, f"{API}/{finished}/errors/summary").json["data"]
    assert exported == {
        "runs": get(operator, f"{API}/").json["data"],
        "rows": listed["rows"],
        "groups": summary["error_summary"] + summary["validation_summary"],
        "timeline": list(reversed(listed["timeline"])),
    }
    assert all(exported.values())


def test_a_run_as_csv_has_its_progress_in_columns(operator, finished) -> None:
    [line] = csv.DictReader(io.StringIO(get(operator, f"{API}/exports/runs.csv").text))
    named = [line[name] for name in ("id", "importer", "progress_failed", "dry_run")]
    assert named == [str(finished), "goods", "2", "false"]


def test_the_filters_are_those_of_the_lists(operator, finished) -> None:
    for query, found in (("status=failed", 0), ("importer=goods", 1), ("importer=notes&status=completed", 0)):
        assert len(get(operator, f"{API}/exports/runs.json?{query}").json["data"]) == found
    key = get(operator, f"{API}/{finished}/exports/groups.json").json["data"][0]["key"]
    rows = f"{API}/{finished}/exports/rows.json"
    for query, found in (("status=failed", 2), ("status=skipped", 0), (f"error={key}", 1)):
        assert len(get(operator, f"{rows}?{query}").json["data"]) == found
    for query in ("status=nonsense", "error=nothing", f"error={key}&status=skipped", "page=2"):
        refused = get(operator, f"{rows}?{query}")
        assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")


def test_what_is_empty_is_a_whole_file(operator) -> None:
    assert get(operator, f"{API}/exports/runs.json").json == {"data": []}
    assert get(operator, f"{API}/exports/runs.jsonl").text == ""
    assert get(operator, f"{API}/exports/runs.csv").text.startswith("id,importer,status,dry_run,")


def test_others_get_nothing_and_an_auditor_all(operator, finished, sign_in, users, client) -> None:
    other, auditor = sign_in(users("operator", "other@example.com")), sign_in("auditor")
    for what in ("rows", "groups", "timeline"):
        path = f"{API}/{finished}/exports/{what}.json"
        assert [get(browser, path).status_code for browser in (other, auditor, client)] == [404, 200, 401]
    assert get(other, f"{API}/exports/runs.json").json["data"] == []
    assert len(get(auditor, f"{API}/exports/runs.json").json["data"]) == 1
    assert get(operator, f"{API}/{finished}/exports/rows.xml").status_code == 404


def test_page_and_api_give_the_same_download(operator, finished) -> None:
    page = get(operator, f"/runs/{finished}/failed-rows.csv")
    api = get(operator, f"{API}/{finished}/failed-rows/download")
    assert page.data == api.data
    assert page.headers["Content-Disposition"] == api.headers["Content-Disposition"]


@pytest.mark.parametrize("path", ["/runs/{}/failed-rows.csv", API + "/{}/exports/rows.json"])
def test_who_goes_away_ends_the_work(app, operator, finished, path: str) -> None:
    with app.app_context():
        rows = [{"run_id": finished, "row_number": 100 + row, "cells": ["a", "b", "c"]} for row in range(3 * PART)]
        db.session.execute(insert(IngestRow), rows)
        db.session.commit()
        sent: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    answer = operator.get(path.format(finished))
    next(answer.iter_encoded())
    answer.close()
    assert 0 < sum("FROM ingest_rows" in statement for statement in sent) < 3


def test_what_fails_in_the_midst_is_cut_off(app, operator, finished) -> None:
    with app.app_context():
        rows = [{"run_id": finished, "row_number": 100 + row, "cells": ["a", "b", "c"]} for row in range(3 * PART)]
        db.session.execute(insert(IngestRow), [*rows, rows[0] | {"row_number": 9999, "cells": ["one too few"]}])
        db.session.commit()
    answer = operator.get(f"{API}/{finished}/exports/rows.json")
    parts = answer.iter_encoded()
    got = [next(parts)]
    with pytest.raises(ValueError, match="shorter"):
        got.extend(parts)
    with pytest.raises(json.JSONDecodeError):
        json.loads(b"".join(got))
