"""Runs by their pages: who may do what, where it leads, what is in the database then."""

from __future__ import annotations

import io
import re
import resource
import signal

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse

from config import MEBIBYTE
from portal.lifecycle import RunStatus

GOODS = b"sku,name,price\nA,apple,1\nB,,2\nC,cherry,x\n"


@pytest.fixture
def operator(bench, sign_in) -> FlaskClient:
    return sign_in("operator")


def upload(browser: FlaskClient, content: bytes = GOODS, importer: str = "goods", **fields: str) -> TestResponse:
    values = {"importer": importer, **fields}
    if "file_id" not in fields:
        values["file"] = (io.BytesIO(content), "goods.csv")
    return post(browser, "/runs/new", "/runs/new", **values)


def post(browser: FlaskClient, page: str, path: str, **values) -> TestResponse:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(page).text)[1]
    return browser.post(path, data={"csrf_token": token, **values}, content_type="multipart/form-data")


def begun(answer: TestResponse) -> int:
    """The run that an upload has begun."""
    assert answer.status_code == 302, answer.text
    return int(answer.location.rpartition("/")[2])


@pytest.fixture
def finished(operator, bench) -> int:
    run_id = begun(upload(operator))
    with bench() as lab:
        lab.drain()
    return run_id


def test_an_upload_begins_a_run_and_leads_to_its_page(operator, bench) -> None:
    run_id = begun(upload(operator))
    with bench() as lab:
        run = lab.find(run_id)
        assert (run.status, run.importer, run.dry_run, run.original_filename) == (
            RunStatus.PENDING,
            "goods",
            False,
            "goods.csv",
        )
        lab.drain()
        assert lab.rows("SELECT sku FROM goods") == [("A",)]
        assert [path for path in (lab.folder / "incoming").glob("*") if path.is_file()] == []
    page = operator.get(f"/runs/{run_id}")
    assert page.status_code == 200
    assert "The name field is required." in page.text


def test_a_dry_run_is_one(operator, bench) -> None:
    run_id = begun(upload(operator, dry_run="y"))
    with bench() as lab:
        assert lab.find(run_id).dry_run
        lab.drain()
        assert lab.rows("SELECT * FROM goods") == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"content": b""}, "The file is empty."),
        ({"content": b"%PDF-1.7"}, "PDF"),
        ({"content": b"name\nx\n"}, "The file has no column sku"),
        ({"importer": ""}, "Choose an importer."),
        ({"importer": "bads"}, "Not a valid choice"),
        ({"file_id": "file-not-there"}, "The uploaded file is gone."),
        ({"importer": "nowhere"}, "The database has no table called not_there"),
    ],
)
def test_what_can_not_be_imported_comes_back_with_the_reason(operator, bench, fields, message) -> None:
    answer = upload(operator, **fields)
    assert answer.status_code == 422
    assert message in answer.text
    with bench() as lab:
        assert lab.rows("SELECT * FROM ingest_runs") == []


def test_without_a_file_the_form_says_so(operator) -> None:
    answer = post(operator, "/runs/new", "/runs/new", importer="goods")
    assert answer.status_code == 422
    assert "Choose a file to import." in answer.text


def test_the_same_file_is_announced_and_waits_for_a_yes(operator, finished, bench) -> None:
    asked = upload(operator)
    assert asked.status_code == 409
    assert f"/runs/{finished}" in asked.text
    file_id = re.search(r'name="file_id"[^>]*value="([^"]+)"', asked.text)[1]
    again = begun(upload(operator, file_id=file_id))
    assert again != finished
    assert begun(upload(operator, dry_run="y")), "a dry run needs no yes"


def test_someone_elses_file_can_not_be_named(operator, finished, bench, sign_in, users) -> None:
    with bench() as lab:
        [(file_id,)] = lab.rows("SELECT id FROM files")
    other = sign_in(users("operator", "other@example.com"))
    assert upload(other, file_id=file_id).status_code == 422


def test_runs_of_others_are_not_there(finished, sign_in, users) -> None:
    other = sign_in(users("operator", "other@example.com"))
    for path in (f"/runs/{finished}", f"/runs/{finished}/live", f"/runs/{finished}/failed-rows.csv"):
        assert other.get(path).status_code == 404
    for action in ("cancel", "retry"):
        assert post(other, "/runs/new", f"/runs/{finished}/{action}").status_code == 404
    assert "goods.csv" not in other.get("/runs/").text


def test_an_auditor_sees_and_changes_nothing(finished, sign_in) -> None:
    auditor = sign_in("auditor")
    assert auditor.get(f"/runs/{finished}").status_code == 200
    assert auditor.get("/runs/new").status_code == 403
    assert post(auditor, "/account", f"/runs/{finished}/retry").status_code == 403


def test_failed_rows_are_downloaded_corrected_and_settled(operator, finished, bench) -> None:
    download = operator.get(f"/runs/{finished}/failed-rows.csv")
    assert download.mimetype == "text/csv"
    assert f"run-{finished}-failed-rows.csv" in download.headers["Content-Disposition"]
    fixed = download.data.replace(b"B,,2", b"B,berry,2").replace(b"cherry,x", b"cherry,3")
    answer = post(operator, f"/runs/{finished}", f"/runs/{finished}/correct", file=(io.BytesIO(fixed), "fixed.csv"))
    correction = begun(answer)
    with bench() as lab:
        lab.drain()
        assert (lab.find(correction).status, lab.find(finished).open_failures) == (RunStatus.COMPLETED, 0)
        assert len(lab.rows("SELECT * FROM goods")) == 3
    assert operator.get(f"/runs/{finished}/failed-rows.csv").status_code == 404


def test_failed_rows_are_retried(operator, finished, bench) -> None:
    retry = begun(post(operator, f"/runs/{finished}", f"/runs/{finished}/retry"))
    assert post(operator, f"/runs/{finished}", f"/runs/{finished}/retry").status_code == 409
    with bench() as lab:
        assert lab.find(retry).retried_from_run_id == finished
        lab.drain()
    dry = begun(post(operator, f"/runs/{finished}", f"/runs/{finished}/retry", dry_run="1"))
    with bench() as lab:
        assert lab.find(dry).dry_run


def test_a_run_is_cancelled(operator, bench) -> None:
    run_id = begun(upload(operator))
    assert post(operator, f"/runs/{run_id}", f"/runs/{run_id}/cancel").status_code == 302
    with bench() as lab:
        assert lab.find(run_id).status == RunStatus.CANCELLED
    assert post(operator, "/runs/new", f"/runs/{run_id}/cancel").status_code == 409


def test_the_rows_of_a_group_are_shown(operator, finished) -> None:
    page = operator.get(f"/runs/{finished}/groups/price.type")
    assert page.status_code == 200
    assert "cherry" in page.text
    assert operator.get(f"/runs/{finished}/groups/nothing").status_code == 404


def test_groups_of_all_names_have_an_address(operator, bench) -> None:
    run_id = begun(upload(operator, b"id,code,unique_name,price,size\n1,a,n,1,100\n2,b,n,1,1\n", "guarded"))
    with bench() as lab:
        lab.drain()
        [group] = lab.groups(run_id)
    assert operator.get(f"/runs/{run_id}/groups/{group.key}").status_code == 200


def test_cells_with_markup_are_shown_as_text(operator, bench) -> None:
    run_id = begun(upload(operator, b"body\n<script>alert(1)</script>!\n", "notes"))
    with bench() as lab:
        lab.drain()
    for path in (f"/runs/{run_id}", f"/runs/{run_id}/groups/body.pattern"):
        page = operator.get(path).text
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page


def test_a_sample_is_imported_with_one_click(operator, bench) -> None:
    answer = post(operator, "/runs/new", "/runs/sample/airlines")
    run_id = begun(answer)
    with bench() as lab:
        lab.drain()
        assert lab.find(run_id).status == RunStatus.COMPLETED
    assert post(operator, "/runs/new", "/runs/sample/goods").status_code == 404


def test_an_upload_onto_a_full_disk_is_told(operator, bench) -> None:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', operator.get("/runs/new").text)[1]
    values = {"csrf_token": token, "importer": "notes", "file": (io.BytesIO(b"body\n" + b"x" * 8_000_000), "big.csv")}
    request = EnvironBuilder("/runs/new", method="POST", data=values).get_environ()
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6_000_000, before[1]))
    try:
        answer = operator.open(request)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert answer.status_code == 507
    assert "disk is full" in answer.text
    with bench() as lab:
        assert [path for path in (lab.folder / "incoming").glob("*") if path.is_file()] == []


def test_a_file_over_the_limit_is_refused_though_the_request_has_room_for_it(make_app, tmp_path) -> None:
    app = make_app(max_upload_bytes=1000)
    app.test_cli_runner().invoke(args=["users", "create", "ann@example.com", "--role", "operator"])
    link = app.test_cli_runner().invoke(args=["users", "link", "ann@example.com"]).output.strip()
    browser = app.test_client()
    browser.get(link)
    answer = upload(browser, b"carrier,name\n" + b"UA,United\n" * 200, importer="airlines")
    assert answer.status_code == 413
    assert "too large" in answer.text
    assert [path for path in tmp_path.rglob("*.csv") if path.is_file()] == []
    assert not any((tmp_path / "incoming").iterdir())


@pytest.mark.parametrize(
    "fields",
    [{"name": "x" * (MEBIBYTE + 1)}, {f"field-{number}": "" for number in range(1_001)}],
    ids=["text", "fields"],
)
def test_a_form_with_too_much_in_it_is_not_told_of_its_file(operator, fields: dict[str, str]) -> None:
    answer = operator.post("/jobs/new", data=fields | {"file": (io.BytesIO(b"small"), "small.txt")})
    assert answer.status_code == 413
    assert "too large" not in answer.text
    assert "at most 1 MB of text and 1,000 fields" in answer.text
