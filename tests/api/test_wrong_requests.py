"""Requests that can't be taken: the right status, problem details, plain words, and nothing is done."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.api.conftest import GOODS, ROOT, Program

BAD_QUERIES = [
    ("?page=0", "page"),
    ("?page=x", "page"),
    ("?page=99999999999999999999", "page"),
    ("?per_page=101", "per_page"),
    ("?status=done", "status"),
    ("?stauts=failed", "stauts"),
    ("?status=failed&status=completed", "status"),
    ("?importer=", "importer"),
]


@pytest.mark.parametrize(("query", "field"), BAD_QUERIES)
def test_filters(operator: Program, query: str, field: str) -> None:
    refused = operator.get(ROOT + query)
    assert refused.status_code == 422
    assert refused.mimetype == "application/problem+json"
    assert list(refused.json["errors"]) == [field]
    assert refused.json["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rows": []}, "rows"),
        ({"rows": ["2"]}, "rows"),
        ({"rows": [99]}, "rows"),
        ({"rows": [2, 2**70]}, "rows"),
        ({"error": "no.such"}, "error"),
        ({"dry_run": "yes"}, "dry_run"),
        ({"row": [2]}, "row"),
        ([2], "body"),
    ],
)
def test_retries(operator: Program, body: Any, field: str) -> None:
    run_id = operator.imported()
    refused = operator.post(f"{ROOT}/{run_id}/retry", json=body)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])
    assert operator.get(ROOT).json["meta"]["total"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "data"),
        ({"data": {}}, "data"),
        ({"data": {"price": 7}}, "data"),
        ({"data": {"colour": "red"}}, "colour"),
        ({"data": {"price": "1"}, "by": "me"}, "by"),
    ],
)
def test_edits(operator: Program, body: Any, field: str) -> None:
    run_id = operator.imported()
    refused = operator.ask("PATCH", f"{ROOT}/{run_id}/rows/2", json=body)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])


def test_an_edit_of_a_row_that_isnt_kept(operator: Program) -> None:
    run_id = operator.imported()
    assert operator.ask("PATCH", f"{ROOT}/{run_id}/rows/1", json={"data": {"price": "1"}}).status_code == 404


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b'{"rows": [2', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"rows": [2]}', "text/plain", 415),
        (b"rows=2", "application/x-www-form-urlencoded", 415),
    ],
)
def test_bodies(operator: Program, data: bytes, content_type: str, status: int) -> None:
    run_id = operator.imported()
    refused = operator.post(f"{ROOT}/{run_id}/retry", data=data, headers={"Content-Type": content_type})
    assert (refused.status_code, refused.mimetype) == (status, "application/problem+json")


def test_a_body_where_none_is_taken(operator: Program) -> None:
    job_id = operator.post("/v1/flow/data-jobs", json={"name": "Pumps", "job_type": "principle_files"}).json["id"]
    for path in (f"/v1/flow/data-jobs/{job_id}/start", f"/v1/flow/data-jobs/{job_id}/cancel"):
        refused = operator.post(path, json={"method": "fast"})
        assert (refused.status_code, refused.json["errors"]) == (422, {"method": ["Nothing is taken here."]})
        assert operator.post(path, json={}).status_code == 409
        assert operator.post(path, headers={"Content-Type": "application/json"}).status_code == 409


def test_a_limit_is_named_as_what_was_sent_must_be(operator: Program) -> None:
    job_id = operator.post("/v1/flow/data-jobs", json={"name": "Pumps", "job_type": "principle_files"}).json["id"]
    refused = operator.post(f"/v1/flow/data-jobs/{job_id}/retry", json={"record_ids": ["rec-1"] * 1_001})
    assert refused.status_code == 422
    assert refused.json["errors"]["record_ids"][0].startswith("It must have at most 1000 items")


def test_the_same_file_too_often_is_too_many_files(operator: Program) -> None:
    job_id = operator.post("/v1/flow/data-jobs", json={"name": "Pumps", "job_type": "principle_files"}).json["id"]
    added = operator.post(f"/v1/flow/data-jobs/{job_id}/add-files", json={"file_ids": ["file-1"] * 1_001})
    assert (added.status_code, added.json["errors"]) == (422, {"file_ids": ["At most 1,000 files at a time, please."]})
    wanted = {"files": ["file-1"] * 10_001, "instructions": "Be brief."}
    generated = operator.post("/v1/flow/alignment/generate", json=wanted)
    assert (generated.status_code, list(generated.json["errors"])) == (422, ["files"])
    assert generated.json["errors"]["files"][0].startswith("At most 10,000 files, please")


def test_a_method_of_conversion_that_is_none(operator: Program) -> None:
    job_id = operator.post("/v1/flow/data-jobs", json={"name": "Pumps", "job_type": "principle_files"}).json["id"]
    for method in ("", "fast"):
        body = {"file_ids": ["file-1"], "method": method}
        refused = operator.post(f"/v1/flow/data-jobs/{job_id}/add-files", json=body)
        assert (refused.status_code, list(refused.json["errors"])) == (422, ["method"])


def test_uploads(operator: Program) -> None:
    address = f"{ROOT}/upload/goods"
    file = (io.BytesIO(GOODS.encode()), "rows.csv")
    assert operator.post(address, data=GOODS, headers={"Content-Type": "text/csv"}).status_code == 415
    for fields, field in (
        ({"dry_run": "1"}, "file"),
        ({"file": "text"}, "file"),
        ({"other": file}, "file"),
    ):
        refused = operator.post(address, data=fields, content_type="multipart/form-data")
        assert refused.status_code == 422, fields
        assert field in refused.json["errors"]
    for fields, field in (
        ({"dry_run": "perhaps"}, "dry_run"),
        ({"delimiter": "ab"}, "delimiter"),
        ({"colour": "red"}, "colour"),
    ):
        refused = operator.upload("goods", GOODS, **fields)
        assert (refused.status_code, list(refused.json["errors"])) == (422, [field]), fields
    assert operator.upload("nothing", GOODS).status_code == 404
    assert operator.upload("goods", "").status_code == 422
    assert operator.upload("goods", "\x00\x01").status_code == 422
    assert operator.get(ROOT).json["data"] == []


def test_a_trigger_of_an_importer_without_a_source(operator: Program) -> None:
    refused = operator.post(f"{ROOT}/trigger/goods")
    assert refused.status_code == 422
    assert "Upload a file instead" in refused.json["fix"]


@pytest.mark.parametrize("path", ["/999999", "/0", "/99999999999", "/x", "/1/nothing", "/importers/nothing"])
def test_what_isnt_there(operator: Program, path: str) -> None:
    refused = operator.get(ROOT + path)
    assert (refused.status_code, refused.mimetype) == (404, "application/problem+json")


def test_a_method_that_isnt_taken(operator: Program) -> None:
    refused = operator.ask("DELETE", f"{ROOT}/1")
    assert (refused.status_code, refused.mimetype) == (405, "application/problem+json")
    assert "GET" in refused.headers["Allow"]


def test_too_many_requests(app: Flask, operator: Program, program: Callable[..., Program]) -> None:
    other = program("operator", "other@example.com")
    app.config["PORTAL"] = replace(app.config["PORTAL"], api_read_limit="2 per minute", api_write_limit="1 per minute")
    answers = [operator.get(ROOT) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[0].headers["X-RateLimit-Limit"] == "2"
    assert "Retry-After" not in answers[0].headers
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].mimetype == "application/problem+json"
    assert "Retry-After" in answers[2].json["fix"]
    assert operator.post(f"{ROOT}/1/cancel").status_code == 404, "Changes are counted apart."
    assert other.get(ROOT).status_code == 200, "So is each account."


def test_json_that_is_too_long(operator: Program) -> None:
    body = b'{"data": {"price": "' + b"x" * (9 << 20) + b'"}}'
    headers = {"Content-Type": "application/json"}
    refused = operator.ask("PATCH", f"{ROOT}/{operator.imported()}/rows/2", data=body, headers=headers)
    assert (refused.status_code, refused.json["detail"]) == (413, "JSON may have at most 8 MB.")


@pytest.mark.parametrize("encoding", ["utf_32", "idna", "punycode", "undefined", "unicode_escape", "utf-7"])
def test_encodings_in_which_the_file_is_not_written(operator: Program, encoding: str) -> None:
    refused = operator.upload("goods", GOODS, encoding=encoding)
    assert refused.status_code == 422
    assert list(refused.json["errors"]) == (["file"] if encoding == "utf_32" else ["encoding"])


def test_a_lesser_token_ends_itself_alone(operator: Program) -> None:
    made = operator.post("/api/v1/tokens", json={"role": "operator"}).json["data"]
    lesser = Program(operator.client, made["token"], operator.person)
    tokens = {token["role"]: token["id"] for token in operator.get("/api/v1/tokens").json["data"]}
    assert lesser.ask("DELETE", f"/api/v1/tokens/{tokens['owner']}").status_code == 403
    assert lesser.ask("DELETE", f"/api/v1/tokens/{made['id']}").status_code == 204
    assert operator.get(ROOT).status_code == 200


def test_head_says_what_get_would(operator: Program) -> None:
    got, head = operator.get(f"{ROOT}/importers"), operator.ask("HEAD", f"{ROOT}/importers")
    assert head.data == b""
    for name in ("ETag", "Cache-Control", "Content-Type"):
        assert head.headers[name] == got.headers[name]
