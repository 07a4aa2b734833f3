"""Row imports by JSON: what each endpoint answers, for good and for bad."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest

from tests.api.conftest import GOODS, ROOT, Program
from tests.support.lab import drain

HEADER = {"Idempotency-Key": "nightly-1"}


def test_an_upload_is_accepted_and_tells_where_it_is(operator: Program) -> None:
    answer = operator.upload("goods", GOODS)
    assert answer.status_code == 202
    run = answer.json["data"]
    assert answer.headers["Location"] == f"{ROOT}/{run['id']}"
    assert (run["importer"], run["status"], run["dry_run"]) == ("goods", "pending", False)
    assert run["progress"] == {"total": None, "processed": 0, "successful": 0, "failed": 0, "skipped": 0}
    assert (run["user_id"], run["original_filename"]) == (operator.person.id, "rows.csv")


def test_a_run_that_has_ended(operator: Program) -> None:
    run_id = operator.imported()
    run = operator.get(f"{ROOT}/{run_id}").json["data"]
    assert run["status"] == "completed_with_errors"
    assert run["progress"] == {"total": 5, "processed": 5, "successful": 2, "failed": 3, "skipped": 0}
    assert run["open_failures"] == 3
    assert run["summary"].startswith("CSV")
    assert "rows" not in run
    assert run["completed_at"].endswith("Z")
    assert len(run["completed_at"]) == len("2026-10-27T10:00:00.000000Z")


def test_rows_and_timeline_come_along_when_asked_for(operator: Program) -> None:
    run = operator.get(f"{ROOT}/{operator.imported()}?include=rows,timeline").json["data"]
    row = run["rows"][0]
    assert (row["row_number"], row["status"], row["settled_by_run_id"]) == (2, "failed", None)
    assert row["data"] == {"sku": "B", "name": "Bread", "price": "x"}
    assert row["errors"]["message"] == "The given data was invalid."
    assert list(row["errors"]["validation"]) == ["price"]
    assert run["timeline"][0]["event_type"] == "Uploaded"
    assert run["timeline"][0]["actor"] == operator.person.email


def test_the_summary_has_causes_with_fixes_the_most_frequent_first(operator: Program) -> None:
    summary = operator.get(f"{ROOT}/{operator.imported()}/errors/summary").json["data"]
    assert summary["total_failed_rows"] == 3
    assert summary["error_summary"] == []
    first, second = summary["validation_summary"]
    assert (first["count"], second["count"]) == (2, 1)
    assert first["message"].startswith("price: ")
    assert all(entry["key"] and entry["suggested_fix"] for entry in (first, second))


def test_rows_are_listed_filtered_and_paged(operator: Program) -> None:
    rows = f"{ROOT}/{operator.imported()}/rows"
    page = operator.get(f"{rows}?per_page=2").json
    assert [row["row_number"] for row in page["data"]] == [2, 4]
    assert page["meta"] == {"page": 1, "per_page": 2, "total": 3, "pages": 2}
    following = operator.get(page["links"]["next"]).json
    assert [row["row_number"] for row in following["data"]] == [5]
    assert following["links"]["next"] is None
    assert operator.get(f"{rows}?per_page=2&page=9").json["data"] == []
    key = operator.get(rows.replace("rows", "errors/summary")).json["data"]["validation_summary"][0]["key"]
    assert [row["row_number"] for row in operator.get(f"{rows}?error={key}").json["data"]] == [2, 5]
    assert operator.get(f"{rows}?status=successful").json["data"] == []


def test_runs_are_listed_filtered_and_paged(operator: Program) -> None:
    first, second = operator.imported(), operator.imported("body\none\n", "notes")
    assert [run["id"] for run in operator.get(ROOT).json["data"]] == [second, first]
    assert [run["id"] for run in operator.get(f"{ROOT}/?importer=goods").json["data"]] == [first]
    assert [run["id"] for run in operator.get(f"{ROOT}?status=completed").json["data"]] == [second]
    page = operator.get(f"{ROOT}?per_page=1&importer=notes").json
    assert (page["meta"]["total"], page["links"]["next"]) == (1, None)
    assert "importer=notes" in page["links"]["self"]


def test_the_download_corrected_goes_back_in(operator: Program) -> None:
    run_id = operator.imported()
    answer = operator.get(f"{ROOT}/{run_id}/failed-rows/download")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert list(rows[0]) == ["sku", "name", "price", "_error_message", "_row_number"]
    mended = answer.text.replace(",x,", ",1,").replace(",200,", ",2,").replace(",y,", ",3,")
    file = (io.BytesIO(mended.encode()), "mended.csv")
    corrected = operator.post(f"{ROOT}/{run_id}/correct", data={"file": file})
    assert corrected.status_code == 202
    drain()
    assert operator.get(f"{ROOT}/{run_id}").json["data"]["open_failures"] == 0
    assert operator.get(f"{ROOT}/{run_id}/failed-rows/download").status_code == 404


def test_a_row_is_edited_and_retried(operator: Program) -> None:
    run_id = operator.imported()
    row = operator.get(f"{ROOT}/{run_id}/rows").json["data"][0]
    edited = operator.ask("PATCH", f"{ROOT}/{run_id}/rows/2", json={"data": {"price": "7"}, "version": row["version"]})
    assert edited.status_code == 200
    assert edited.json["check"] == {"passes": True, "errors": {}}
    assert edited.json["data"]["data"]["price"] == "7"
    event = operator.get(f"{ROOT}/{run_id}/timeline").json["data"][0]
    assert (event["actor"], event["details"]["row_number"]) == (operator.person.email, 2)
    assert (event["details"]["before"], event["details"]["after"]) == ({"price": "x"}, {"price": "7"})
    retried = operator.post(f"{ROOT}/{run_id}/retry", json={"rows": [2]})
    assert retried.status_code == 202
    assert retried.json["data"]["retried_from_run_id"] == run_id
    drain()
    assert operator.get(f"{ROOT}/{run_id}").json["data"]["open_failures"] == 2


def test_an_edit_that_doesnt_pass_is_kept_and_says_so(operator: Program) -> None:
    run_id = operator.imported()
    edited = operator.ask("PATCH", f"{ROOT}/{run_id}/rows/2", json={"data": {"price": "1000"}}).json
    assert edited["check"]["passes"] is False
    assert list(edited["check"]["errors"]) == ["price"]
    assert edited["data"]["data"]["price"] == "1000"


def test_a_row_is_checked_with_other_cells_and_stays_as_it_is(operator: Program) -> None:
    row = f"{ROOT}/{operator.imported()}/rows/2"
    checked = operator.ask("PATCH", row, json={"data": {"price": "7"}, "dry_run": True}).json
    assert (checked["check"]["passes"], checked["data"]["data"]["price"]) == (True, "x")
    assert operator.get(row).json["data"]["edited_at"] is None


def test_the_second_of_two_editors_is_told(operator: Program) -> None:
    run_id = operator.imported()
    row = f"{ROOT}/{run_id}/rows/2"
    seen = operator.get(row).json["data"]["version"]
    assert operator.ask("PATCH", row, json={"data": {"price": "7"}}).status_code == 200
    refused = operator.ask("PATCH", row, json={"data": {"price": "8"}, "version": seen})
    assert refused.status_code == 409
    assert operator.person.email in refused.json["detail"]
    assert operator.get(row).json["data"]["data"]["price"] == "7"


def test_a_group_is_retried_dry(operator: Program) -> None:
    run_id = operator.imported()
    key = operator.get(f"{ROOT}/{run_id}/errors/summary").json["data"]["validation_summary"][0]["key"]
    retry = operator.post(f"{ROOT}/{run_id}/retry", json={"error": key, "dry_run": True}).json["data"]
    drain()
    run = operator.get(f"{ROOT}/{retry['id']}").json["data"]
    assert (run["dry_run"], run["progress"]["total"], run["progress"]["failed"]) == (True, 2, 2)


def test_columns_can_be_chosen(operator: Program) -> None:
    content = "sku,label,price,name\nA,Apple,1,ignored\n"
    chosen = '{"label": "name", "name": null}'
    run_id = operator.upload("goods", content, mapping=chosen).json["data"]["id"]
    drain()
    assert operator.get(f"{ROOT}/{run_id}").json["data"]["status"] == "completed"
    with operator.client.application.app_context():
        from portal.extensions import db

        assert db.session.connection().exec_driver_sql("SELECT name FROM goods").all() == [("Apple",)]


def test_chosen_columns_hold_for_what_comes_after(operator: Program) -> None:
    run_id = operator.upload("goods", "sku,label,price\nA,Apple,x\n", mapping='{"label": "name"}').json["data"]["id"]
    drain()
    download = operator.get(f"{ROOT}/{run_id}/failed-rows/download").text
    assert operator.post(f"{ROOT}/{run_id}/retry").status_code == 202
    drain()
    file = (io.BytesIO(download.replace(",x,", ",1,").encode()), "mended.csv")
    assert operator.post(f"{ROOT}/{run_id}/correct", data={"file": file}).status_code == 202
    drain()
    assert operator.get(f"{ROOT}/{run_id}").json["data"]["open_failures"] == 0


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ('{"nothing": "name"}', "no header “nothing”"),
        ('{"name": "colour"}', "no column “colour”"),
        ('{"name": "price", "price": "price"}', "several headers"),
        ("{", "Invalid JSON"),
        ("[]", "valid dictionary"),
    ],
)
def test_columns_that_cant_be_chosen(operator: Program, mapping: str, why: str) -> None:
    refused = operator.upload("goods", GOODS, mapping=mapping)
    assert refused.status_code == 422
    assert why in " ".join(refused.json["errors"]["mapping"])
    assert operator.get(ROOT).json["data"] == []


def test_a_request_that_is_sent_again_starts_once(operator: Program) -> None:
    first = operator.upload("goods", GOODS, headers=HEADER)
    again = operator.upload("goods", GOODS, headers=HEADER)
    assert (again.status_code, again.json["data"]["id"]) == (202, first.json["data"]["id"])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert operator.get(ROOT).json["meta"]["total"] == 1


def test_a_key_is_of_one_request_and_of_one_account(operator: Program, program: Callable[..., Program]) -> None:
    operator.upload("goods", GOODS, headers=HEADER)
    refused = operator.upload("goods", GOODS + "F,Figs,1\n", headers=HEADER)
    assert refused.status_code == 422
    assert "Idempotency-Key" in refused.json["errors"]
    other = program("operator", "other@example.com").upload("goods", GOODS, headers=HEADER)
    assert (other.status_code, "Idempotency-Replayed" in other.headers) == (202, False)


@pytest.mark.parametrize("key", ["", "with space", "x" * 256])
def test_a_key_that_is_none(operator: Program, key: str) -> None:
    refused = operator.post(f"{ROOT}/trigger/fetched", headers={"Idempotency-Key": key})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["Idempotency-Key"])


def test_triggers_and_retries_take_keys_too(operator: Program) -> None:
    triggered = [operator.post(f"{ROOT}/trigger/fetched", headers=HEADER).json["data"]["id"] for _ in range(2)]
    assert triggered[0] == triggered[1]
    run_id = operator.imported()
    retry = {"json": {"rows": [2]}, "headers": {"Idempotency-Key": "retry"}}
    retried = [operator.post(f"{ROOT}/{run_id}/retry", **retry) for _ in range(2)]
    assert retried[0].json["data"]["id"] == retried[1].json["data"]["id"]


def test_what_hasnt_changed_is_not_sent_again(operator: Program) -> None:
    run_id = operator.imported()
    for path in ("", f"/{run_id}", f"/{run_id}/rows", f"/{run_id}/errors/summary", "/importers"):
        answer = operator.get(f"{ROOT}{path}")
        same = operator.get(f"{ROOT}{path}", headers={"If-None-Match": answer.headers["ETag"]})
        assert (same.status_code, same.data) == (304, b""), path
        assert answer.headers["Cache-Control"] == "private, no-cache"
    etag = operator.get(f"{ROOT}/{run_id}").headers["ETag"]
    operator.post(f"{ROOT}/{run_id}/retry", json={"rows": [2]})
    operator.ask("PATCH", f"{ROOT}/{run_id}/rows/4", json={"data": {"price": "1"}})
    drain()
    assert operator.get(f"{ROOT}/{run_id}?include=timeline", headers={"If-None-Match": etag}).status_code == 200


def test_what_belongs_to_someone_else_isnt_there(operator: Program, program: Callable[..., Program]) -> None:
    run_id = operator.imported()
    other, auditor = program("operator", "other@example.com"), program("auditor")
    for method, path in (("GET", ""), ("GET", "/rows"), ("GET", "/timeline"), ("POST", "/cancel"), ("POST", "/retry")):
        assert other.ask(method, f"{ROOT}/{run_id}{path}").status_code == 404, path
    assert other.get(ROOT).json["data"] == []
    assert auditor.get(f"{ROOT}/{run_id}").status_code == 200
    assert auditor.post(f"{ROOT}/{run_id}/retry").status_code == 403


def test_a_browser_reads_with_its_cookie_and_changes_nothing_with_it(sign_in, operator: Program) -> None:
    run_id = operator.imported()
    browser = sign_in(operator.person)
    assert browser.get(f"{ROOT}/{run_id}").status_code == 200
    assert browser.post(f"{ROOT}/{run_id}/retry").status_code == 401


def test_a_cancel(operator: Program) -> None:
    run_id = operator.upload("goods", GOODS).json["data"]["id"]
    assert operator.post(f"{ROOT}/{run_id}/cancel").json == {"message": "Cancellation request sent."}
    drain()
    refused = operator.post(f"{ROOT}/{run_id}/cancel")
    assert refused.status_code == 409
    assert refused.mimetype == "application/problem+json"
    assert refused.json["status"] == 409


def test_a_retry_without_failed_rows(operator: Program) -> None:
    run_id = operator.imported("body\none\n", "notes")
    assert operator.post(f"{ROOT}/{run_id}/retry").status_code == 400


def test_a_retry_while_another_is_at_work(operator: Program) -> None:
    run_id = operator.imported()
    assert operator.post(f"{ROOT}/{run_id}/retry").status_code == 202
    assert operator.post(f"{ROOT}/{run_id}/retry").status_code == 409
