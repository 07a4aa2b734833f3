"""Files by the public client, unmodified: every method of both its kinds, and every refusal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from seekrai import SeekrFlow
from seekrai.error import APIError, AuthenticationError, ConflictError, InvalidRequestError, RateLimitError
from seekrai.types.files import FilePurpose

from tests.support.flow import FlowPortal, names

GUIDE = "# Pumps\n\nThe valve is opened first.\n"
LINES = '{"messages": []}\n{"messages": []}\n'
MISSING = "file-00000000-0000-4000-8000-000000000000"


def test_list(either: Any, flow_portal: FlowPortal, email: str) -> None:
    with flow_portal.lab(email) as lab:
        for name, size in (("b.txt", 3), ("c.md", 1), ("a.txt", 2)):
            lab.file(name, "x" * size)
    assert names(either) == ["a.txt", "c.md", "b.txt"], "the newest first"
    assert names(either, sort_by="filename", sort_order="asc") == ["a.txt", "b.txt", "c.md"]
    assert names(either, sort_by="size", sort_order="desc", limit=1, offset=1) == ["a.txt"]
    assert names(either, sort_by="type", sort_order="asc")[0] == "c.md"
    assert names(either, sort_by="created_at", sort_order="asc")[0] == "b.txt"
    assert names(either, purpose=FilePurpose.FineTune) == []
    assert len(names(either, purpose="alignment")) == 3
    for wrong in ({"limit": 0}, {"limit": 101}, {"sort_by": "name"}, {"sort_order": "up"}, {"purpose": "fun"}):
        with pytest.raises(APIError, match="422") as refused:
            either.files.list(**wrong)
        assert next(iter(wrong)) in str(refused.value)


def test_a_list_has_25_unless_asked_otherwise(client: SeekrFlow, flow_portal: FlowPortal, email: str) -> None:
    with flow_portal.lab(email) as lab:
        for number in range(26):
            lab.file(f"{number}.txt")
    assert (len(names(client)), len(names(client, limit=100))) == (25, 26)


def test_retrieve_content(either: Any, flow_portal: FlowPortal, email: str, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4_000
    with flow_portal.lab(email) as lab:
        file_id = lab.file("blob.txt", content)
    got = either.files.retrieve_content(file_id, output=tmp_path / "blob")
    assert (got.object, got.id, got.size) == ("local", file_id, len(content))
    assert Path(got.filename).read_bytes() == content


def test_contents_say_how_long_they_are(
    raw: Callable[..., httpx.Response], flow_portal: FlowPortal, email: str
) -> None:
    with flow_portal.lab(email) as lab:
        text, empty = lab.file("a.txt", "x" * 5_000), lab.file("b.txt", "")
    for file_id, size in ((text, 5_000), (empty, 0)):
        whole = raw("GET", f"files/{file_id}/content", headers={"Accept-Encoding": "gzip, br"})
        assert (whole.status_code, whole.headers["Content-Length"], len(whole.content)) == (200, str(size), size)
        assert "Content-Encoding" not in whole.headers
    part = raw("GET", f"files/{text}/content", headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"xx", "bytes 0-1/5000")


def test_rename(either: Any, flow_portal: FlowPortal, email: str) -> None:
    with flow_portal.lab(email) as lab:
        file_id = lab.file("notes.txt", GUIDE)
    renamed = either.files.rename(file_id, "Pumps — notes.md")
    assert (renamed.id, renamed.filename, renamed.type) == (file_id, "Pumps — notes.md", "md")
    for wrong in ("", "   ", "a/b.md", "x" * 201, "a\nb", "nul\0"):
        with pytest.raises(APIError, match="422") as refused:
            either.files.rename(file_id, wrong)
        assert "new_filename" in str(refused.value)
    assert either.files.retrieve(file_id).filename == renamed.filename


def test_delete(either: Any, flow_portal: FlowPortal, email: str) -> None:
    with flow_portal.lab(email) as lab:
        file_id = lab.file("notes.txt")
    gone = either.files.delete(file_id)
    assert (gone.id, gone.object.value, gone.deleted) == (file_id, "file", True)
    for act in (either.files.delete, either.files.retrieve, lambda id: either.files.rename(id, "b.txt")):
        with pytest.raises(InvalidRequestError) as refused:
            act(file_id)
        assert refused.value.http_status == 404


def test_a_file_that_is_used_stays_and_it_is_said_where(either: Any, flow_portal: FlowPortal, email: str) -> None:
    with flow_portal.lab(email) as lab:
        file_id = lab.file("notes.txt")
        lab.job(file_id)
    with pytest.raises(ConflictError, match=r"It is used by Data job .*Handbooks") as refused:
        either.files.delete(file_id)
    assert refused.value.http_status == 409
    assert names(either) == ["notes.txt"]


def rename(client: Any, _path: Path) -> object:
    return client.files.rename(MISSING, "a.txt")


def delete(client: Any, _path: Path) -> object:
    return client.files.delete(MISSING)


def validate(client: Any, _path: Path) -> object:
    return client.files.validate_align_file_metadata("alignment", "md", 1)


def list_files(client: Any, _path: Path) -> object:
    return client.files.list()


WRITING = [
    lambda client, path: client.files.upload(path),
    lambda client, path: client.files.bulk_upload([path]),
    rename,
    delete,
    validate,
]
Request = Callable[[Any, Path], object]


@pytest.mark.parametrize("request_", [*WRITING, list_files])
def test_who_has_no_token(flow_portal: FlowPortal, written: Callable[..., Path], request_: Request) -> None:
    with pytest.raises(AuthenticationError) as refused:
        request_(flow_portal.client_with("nonsense"), written("a.jsonl", LINES))
    assert refused.value.http_status == 401


@pytest.mark.parametrize("request_", WRITING)
@pytest.mark.parametrize("roles", [{"role": "auditor"}, {"token_role": "reader"}])
def test_who_may_only_read(
    flow_client: Callable[..., SeekrFlow], written: Callable[..., Path], request_: Request, roles: dict[str, str]
) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        request_(flow_client(**roles), written("a.jsonl", LINES))
    assert refused.value.http_status == 403


def test_files_of_others_arent_there(
    flow_portal: FlowPortal, flow_client: Callable[..., SeekrFlow], email: str
) -> None:
    with flow_portal.lab(email) as lab:
        file_id = lab.file("mine.txt")
    other = flow_client("other@example.com")
    for act in (other.files.retrieve, other.files.delete, lambda id: other.files.rename(id, "yours.txt")):
        with pytest.raises(InvalidRequestError, match="There is no file") as refused:
            act(file_id)
        assert refused.value.http_status == 404
    with pytest.raises(APIError, match="Error downloading file"):
        other.files.retrieve_content(file_id)


def test_who_asks_too_often(flow_portal: FlowPortal, client: SeekrFlow) -> None:
    with flow_portal.limits(api_write_limit="1 per minute"):
        client.files.validate_align_file_metadata("alignment", "md", 1)
        with pytest.raises(RateLimitError) as refused:
            client.files.validate_align_file_metadata("alignment", "md", 1)
    assert refused.value.http_status == 429


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", f"files/{MISSING}/rename", {"new_filename": "a", "colour": "red"}),
        ("POST", "files/validate_metadata", {"purpose": "alignment", "suffix": "md", "size": 1, "colour": "red"}),
        ("GET", "files?colour=red", None),
    ],
)
def test_a_field_that_isnt_known_is_named(
    raw: Callable[..., httpx.Response], method: str, path: str, body: dict[str, Any] | None
) -> None:
    refused = raw(method, path, json=body)
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["colour"])
