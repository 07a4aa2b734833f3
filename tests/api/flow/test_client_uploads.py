"""Uploads by the public client, unmodified, what is asked before them, and every refusal."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from seekrai import SeekrFlow
from seekrai.error import APIError
from seekrai.types.files import FilePurpose

from tests.support.flow import FlowPortal, names

LINES = '{"messages": []}\n{"messages": []}\n'


def test_upload(client: SeekrFlow, written: Callable[..., Path]) -> None:
    file = client.files.upload(written("guide.md"), purpose="alignment")
    assert file.id.startswith("file-")
    assert (file.filename, file.type, file.purpose, file.bytes) == ("guide.md", "md", "alignment", 36)
    assert (file.deleted, file.origin_file_id, file.created_at.utcoffset()) == (False, None, timedelta(0))
    assert client.files.retrieve(file.id).filename == "guide.md"


@pytest.mark.parametrize("name", ["Grüße an alle.md", 'a "quoted" name.md', "semi;colon=x.md", "表.md", "%22.md"])
def test_names_arrive_as_they_are(client: SeekrFlow, written: Callable[..., Path], name: str) -> None:
    assert client.files.upload(written(name), purpose="alignment").filename == name


def test_training_data_is_what_the_client_uploads_by_default(client: SeekrFlow, written: Callable[..., Path]) -> None:
    lines = client.files.upload(str(written("train.jsonl", LINES)))
    assert (lines.purpose, lines.type) == ("fine-tune", "jsonl")
    table = client.files.upload(written("train.parquet", b"PAR1" + bytes(60) + b"PAR1"), purpose="preference-fine-tune")
    assert (table.purpose, table.type) == ("preference-fine-tune", "parquet")
    pages = client.files.upload(written("book.md"), purpose=FilePurpose.PreTrain)
    assert (pages.purpose, pages.type) == ("pre-train", "md")


def test_what_no_training_takes(client: SeekrFlow, written: Callable[..., Path]) -> None:
    for name, content, reason in (
        ("guide.md", "# Pumps\n", "Training data must be JSON Lines (.jsonl) or Parquet (.parquet)."),
        ("picture.jsonl", b"\x89PNG\r\n\x1a\n\0\0\0\1", "Training data must be"),
        ("train.jsonl", "", "The file appears to be empty. Upload a file with content."),
    ):
        with pytest.raises(APIError, match="422") as refused:
            client.files.upload(written(name, content))
        assert f"{name}: {reason}" in str(refused.value)
    assert names(client) == []


def test_bulk_upload(either: Any, written: Callable[..., Path]) -> None:
    files = either.files.bulk_upload([written("a.md"), str(written("b ü.txt"))], purpose="alignment")
    assert [(file.filename, file.type) for file in files] == [("a.md", "md"), ("b ü.txt", "txt")]
    [alone] = either.files.bulk_upload([written("c.jsonl", LINES)])
    assert alone.purpose == "fine-tune"
    assert names(either) == ["c.jsonl", "b ü.txt", "a.md"]


def test_of_a_bulk_all_are_kept_or_none(either: Any, written: Callable[..., Path], flow_portal: FlowPortal) -> None:
    store = flow_portal.app.config["PORTAL"].data_dir / "files"
    before = sum(path.is_file() for path in store.rglob("*"))
    with pytest.raises(APIError, match="422") as refused:
        either.files.bulk_upload([written("a.jsonl", LINES), written("b.md")])
    assert "b.md: Training data must be" in str(refused.value)
    assert "None of the files was kept." in str(refused.value)
    assert names(either) == []
    assert sum(path.is_file() for path in store.rglob("*")) == before


def test_too_many_at_once(client: SeekrFlow, written: Callable[..., Path]) -> None:
    with pytest.raises(APIError, match="Send 1 to 100 files"):
        client.files.bulk_upload([written("a.jsonl", LINES)] * 101)


def test_what_is_too_large(flow_portal: FlowPortal, client: SeekrFlow, written: Callable[..., Path]) -> None:
    large = written("large.jsonl", LINES * 100)
    with flow_portal.limits(max_upload_bytes=1000):
        for act in (lambda: client.files.upload(large), lambda: client.files.bulk_upload([large])):
            with pytest.raises(APIError, match=r"large\.jsonl: It is larger than the 1\.0 kB") as refused:
                act()
            assert refused.value.http_status == 413


@pytest.mark.parametrize(
    ("purpose", "suffix", "size", "says"),
    [
        ("alignment", "pdf", 1, None),
        ("alignment", ".MD", 10, None),
        ("alignment", "xlsx", 10, None),
        ("alignment", "exe", 10, "The file is of a type that can't be converted. Upload it as PDF"),
        ("alignment", "", 10, "The file is of a type that can't be converted."),
        ("alignment", "parquet", 10, "The file is of a type that can't be converted."),
        ("alignment", "pdf", 0, "The file appears to be empty."),
        ("alignment", "pdf", 10**15, "It is larger than the 4.3 GB that the portal accepts."),
        ("fine-tune", "jsonl", 10, None),
        ("fine-tune", "parquet", 10, None),
        ("fine-tune", "md", 10, "Training data must be JSON Lines"),
        ("pre-train", "md", 10, None),
        ("pre-train", "parquet", 10, None),
        ("fun", "md", 10, "There is no purpose “fun”; there are alignment, fine-tune"),
    ],
)
def test_what_is_said_before_an_upload(
    client: SeekrFlow, purpose: str, suffix: str, size: int, says: str | None
) -> None:
    answer = client.files.validate_align_file_metadata(purpose, suffix, size)
    assert (answer.is_valid, (answer.errors or "")[: len(says or "")]) == (says is None, says or "")


@pytest.mark.parametrize(
    ("size", "status"), [("8.0", 200), ("8.5", 422), ('"8"', 422), ("true", 422), ("-1", 422), ("1e999", 422)]
)
def test_sizes_as_json_writes_them(raw: Callable[..., httpx.Response], size: str, status: int) -> None:
    body = f'{{"purpose": "alignment", "suffix": "md", "size": {size}}}'
    answer = raw("POST", "files/validate_metadata", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert status == 200 or list(answer.json()["errors"]) == ["size"]


def test_the_client_asks_before_it_uploads(either: Any, written: Callable[..., Path]) -> None:
    assert either.files.validate_align_file_metadata(FilePurpose.Alignment, "md", 10).is_valid
    with pytest.raises(ValueError, match="can't be converted"):
        either.files.bulk_upload([written("tool.exe")], purpose="alignment")
    assert names(either) == []


def part(name: str = "a.jsonl", content: str | bytes = LINES) -> tuple[str, Any]:
    return name, io.BytesIO(content.encode() if isinstance(content, str) else content)


PURPOSE = {"purpose": "fine-tune"}


@pytest.mark.parametrize(
    ("fields", "files", "field"),
    [
        (PURPOSE, {"file": part()}, "files"),
        (PURPOSE, [("files", part()), ("files", part())], "files"),
        ({}, {"files": part()}, "purpose"),
        ({"purpose": "fun"}, {"files": part()}, "purpose"),
        ({"purpose": ["fine-tune", "alignment"]}, {"files": part()}, "purpose"),
        (PURPOSE | {"colour": "red"}, {"files": part()}, "colour"),
        (PURPOSE, {"files": part(), "other": part()}, "other"),
        (PURPOSE, {"files": part(), "filename": part("upload", b"\xff")}, "filename"),
        (PURPOSE, {"files": part(), "filename": part("upload", "")}, "filename"),
        (PURPOSE, {"files": part(), "filename": part("upload", "x" * 99_999)}, "filename"),
    ],
)
def test_forms_that_arent_right(
    raw: Callable[..., httpx.Response], client: SeekrFlow, fields: dict[str, Any], files: Any, field: str
) -> None:
    refused = raw("PUT", "files", data=fields, files=files)
    assert (refused.status_code, refused.headers["Content-Type"]) == (422, "application/problem+json")
    assert list(refused.json()["errors"]) == [field]
    assert names(client) == []


def test_a_name_in_a_field_counts_as_well(raw: Callable[..., httpx.Response]) -> None:
    for fields, name in ((PURPOSE | {"filename": "better.jsonl"}, "better.jsonl"), (PURPOSE, "a.jsonl")):
        assert raw("PUT", "files", data=fields, files={"files": part()}).json()["filename"] == name


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "files"), ("PUT", "bulk_files"), ("POST", "files/validate_metadata")]
)
def test_bodies_of_another_type(raw: Callable[..., httpx.Response], method: str, path: str) -> None:
    refused = raw(method, path, content=b"x", headers={"Content-Type": "text/csv"})
    assert (refused.status_code, refused.headers["Content-Type"]) == (415, "application/problem+json")


@pytest.mark.parametrize("scheme", ["", "Bearer ", "bearer "])
def test_the_token_with_bearer_and_without(
    flow_portal: FlowPortal, raw: Callable[..., httpx.Response], email: str, scheme: str
) -> None:
    headers = {"Authorization": scheme + flow_portal.token(email)}
    assert raw("PUT", "files", headers=headers, data=PURPOSE, files={"files": part()}).status_code == 201
