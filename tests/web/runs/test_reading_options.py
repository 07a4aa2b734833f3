"""How a file is written, set for one import: on the page, kept with the run, used when the file is read."""

from __future__ import annotations

import io
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.lifecycle import RunStatus
from tests.support.tables import workbook

CYRILLIC = "выгрузка\n\nsku;name;price\nA;яблоко;1\nB;груша;x\n".encode("cp1251")
SET = {"delimiter": "semicolon", "encoding": "cp1251", "header_row": "3"}
SHEETS = workbook({"2024": [["sku"], ["OLD"]], "new": [["sku", "name"], ["A", "apple"]]})


@pytest.fixture
def operator(bench, sign_in) -> FlaskClient:
    return sign_in("operator")


def upload(browser: FlaskClient, content: bytes, **fields: str) -> TestResponse:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/runs/new").text)[1]
    file = {} if "file_id" in fields else {"file": (io.BytesIO(content), "goods.csv")}
    values = {"csrf_token": token, "importer": "goods", **file, **fields}
    return browser.post("/runs/new", data=values, content_type="multipart/form-data")


def begun(answer: TestResponse) -> int:
    assert answer.status_code == 302, answer.text
    return int(answer.location.rpartition("/")[2])


def test_what_is_set_is_kept_and_used(operator, bench) -> None:
    run_id = begun(upload(operator, CYRILLIC, **SET))
    with bench() as lab:
        lab.drain()
        run = lab.find(run_id)
        assert run.format == {"format": "delimited", "delimiter": ";", "encoding": "cp1251", "header_row": 3}
        assert (run.status, run.successful, run.failed) == (RunStatus.COMPLETED_WITH_ERRORS, 1, 1)
        assert lab.rows("SELECT name FROM goods") == [("яблоко",)]


def test_failed_rows_are_retried_and_corrected_without_it(operator, bench) -> None:
    run_id = begun(upload(operator, CYRILLIC, **SET))
    with bench() as lab:
        lab.drain()
        retry = lab.retry(run_id)
        assert (retry.format, retry.failed) == (None, 1)
        download = lab.download(run_id)
        correction = lab.correct(run_id, download.replace("груша,x", "груша,2"))
        assert (correction.format, correction.status) == (None, RunStatus.COMPLETED)
        assert lab.rows("SELECT name FROM goods ORDER BY sku") == [("яблоко",), ("груша",)]


@pytest.mark.parametrize(("sheet", "found"), [("new", "A"), ("2", "A"), ('"2024"', ""), ("1", "")])
def test_a_sheet_is_chosen_by_its_name_or_its_position(operator, bench, sheet, found) -> None:
    answer = upload(operator, SHEETS, sheet=sheet)
    if not found:
        assert answer.status_code == 422
        assert "The file has no column name" in answer.text
        return
    run_id = begun(answer)
    with bench() as lab:
        lab.drain()
        assert lab.find(run_id).successful == 1


def test_the_way_to_an_array_is_set(operator, bench) -> None:
    document = b'{"old": [{"sku": "B", "name": "b"}], "new": [{"sku": "A", "name": "a"}]}'
    run_id = begun(upload(operator, document, pointer="/new"))
    with bench() as lab:
        lab.drain()
        assert lab.rows("SELECT sku FROM goods") == [("A",)]
        assert lab.find(run_id).format == {"format": "json", "pointer": "/new"}


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"delimiter": ";;"}, "delimiter", "The delimiter must be one ASCII character"),
        ({"delimiter": "'", "quote": "'"}, "delimiter", "The delimiter can't be a quotation mark."),
        ({"quote": "«"}, "quote", "The quote must be one ASCII character"),
        ({"encoding": "klingon"}, "encoding", "There is no text encoding called 'klingon'."),
        ({"header_row": "3"}, "format", "A header row can be set for delimited text and for workbooks: say which"),
        (
            {"format": "workbook", "header_row": "x"},
            "header_row",
            "The header row must be a whole number from 1",
        ),
        ({"format": "workbook", "header_row": "0"}, "header_row", "is counted from 1, so it can't be 0."),
        ({"format": "parquet", "sheet": "a"}, "sheet", "Parquet has no sheet: leave it empty."),
        ({"format": "json", "delimiter": ";"}, "delimiter", "JSON has no delimiter: leave it empty."),
        (
            {"delimiter": ";", "sheet": "a"},
            "sheet",
            "A file that has a sheet has no delimiter: leave one of",
        ),
        ({"pointer": "rows"}, "pointer", "A JSON pointer begins with a slash"),
    ],
)
def test_what_does_not_go_is_told_beside_the_field_and_kept(operator, bench, fields, field, message) -> None:
    answer = upload(operator, CYRILLIC, **fields)
    assert answer.status_code == 422
    page = answer.text.replace("&#39;", "'")
    beside = page.partition(f'id="{field}-error"')[2].partition("</div>")[0]
    assert message in beside
    assert '<details class="options mb-3" open>' in page
    for name, text in fields.items():
        shown = f'<option selected value="{text}">' if name == "format" else f'name="{name}"'
        assert shown in page
        assert name == "format" or f'value="{text}"' in page
    with bench() as lab:
        assert lab.rows("SELECT * FROM ingest_runs") == []
        assert lab.uploads() == []


def test_a_file_that_is_another_format_is_refused(operator) -> None:
    answer = upload(operator, CYRILLIC, format="json")
    assert answer.status_code == 422
    assert "file-error" in answer.text


def test_nothing_is_set_by_default(operator, bench) -> None:
    page = operator.get("/runs/new").text
    assert '<details class="options mb-3">' in page
    run_id = begun(upload(operator, b"sku,name\nA,a\n", delimiter="  "))
    with bench() as lab:
        assert lab.find(run_id).format is None


def test_what_is_set_outlives_the_question_whether_to_import_again(operator, bench) -> None:
    run_id = begun(upload(operator, CYRILLIC, **SET))
    with bench() as lab:
        lab.drain()
    asked = upload(operator, CYRILLIC, **SET)
    assert asked.status_code == 409
    file_id = re.search(r'name="file_id"[^>]*value="([^"]+)"', asked.text)[1]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked.text.partition("file_id")[2]))
    assert hidden == SET
    again = begun(upload(operator, b"", file_id=file_id, **hidden))
    with bench() as lab:
        assert lab.find(again).format == lab.find(run_id).format


def test_a_dry_run_leads_to_the_same_import(operator, bench) -> None:
    tabs = CYRILLIC.replace(b";", b"\t")
    options = {"delimiter": "\t", "quote": "none", "encoding": "cp1251", "header_row": "3"}
    run_id = begun(upload(operator, tabs, dry_run="y", **options))
    with bench() as lab:
        lab.drain()
    page = operator.get(f"/runs/{run_id}").text
    assert 'name="delimiter" value="tab"' in page
    assert 'name="quote" value="none"' in page
    assert 'name="encoding" value="cp1251"' in page
