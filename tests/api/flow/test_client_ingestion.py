"""Ingestion by the public client, unmodified: every method of both its kinds, and every refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from seekrai import SeekrFlow
from seekrai.error import APIError, AuthenticationError, ConflictError, InvalidRequestError, RateLimitError
from seekrai.types.ingestion import IngestionJobStatus

from tests.support.flow import FlowPortal

MISSING = "file-00000000-0000-4000-8000-000000000000"
NOT_THERE = "The file was not found or is not owned by the current user."

Keep = Callable[..., list[str]]


@pytest.fixture
def keep(flow_portal: FlowPortal, email: str) -> Keep:
    """Files of the operator: `keep(notes_txt="One.")`, with `_` for the dot."""

    def make(**contents: str) -> list[str]:
        with flow_portal.lab(email) as lab:
            return [lab.file(name.replace("_", "."), content) for name, content in contents.items()]

    return make


def records(job: Any) -> dict[str, str]:
    return {record.filename: record.status for record in job.file_records}


def test_from_file_to_markdown(either: Any, flow_portal: FlowPortal, keep: Keep, tmp_path: Path) -> None:
    [file_id] = keep(notes_txt="One.")
    job = either.ingestion.ingest([file_id])
    assert job.id.startswith("ij-")
    assert (job.status, job.output_files, job.created_at.utcoffset()) == (IngestionJobStatus.QUEUED, [], timedelta(0))
    [record] = job.file_records
    assert (record.alignment_file_id, record.method, record.status) == (file_id, "accuracy-optimized", "queued")
    assert (record.ingestion_job_id, record.queue_position) == (job.id, 1)
    flow_portal.work()
    done = either.ingestion.retrieve(job.id)
    assert (done.status, records(done)) == (IngestionJobStatus.COMPLETED, {"notes.txt": "completed"})
    [output] = done.output_files
    assert either.files.retrieve(output).origin_file_id == file_id
    got = either.files.retrieve_content(output, output=tmp_path / "notes.md")
    assert Path(got.filename).read_text() == "One.\n"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("speed-optimized", "speed-optimized"), ("best", "accuracy-optimized")],
)
def test_methods(either: Any, keep: Keep, sent: str, kept: str) -> None:
    job = either.ingestion.ingest(keep(notes_txt="One."), method=sent)
    assert job.file_records[0].method == kept


def test_what_cannot_be_converted_has_failed_with_why(either: Any, flow_portal: FlowPortal, keep: Keep) -> None:
    with flow_portal.lab("someone.else@example.com") as lab:
        theirs = lab.file("secret.txt")
    empty, good = keep(empty_pdf="", good_txt="Good.")
    job = either.ingestion.ingest([empty, MISSING, theirs, good])
    told = {record.filename: (record.status, record.error_message) for record in job.file_records}
    assert told == {
        "empty.pdf": ("failed", "The file appears to be empty."),
        MISSING: ("failed", NOT_THERE),
        theirs: ("failed", NOT_THERE),
        "good.txt": ("queued", None),
    }
    assert all(record.suggested_fix and record.failed_at for record in job.file_records[:3])
    flow_portal.work()
    done = either.ingestion.retrieve(job.id)
    assert (done.status, len(done.output_files)) == (IngestionJobStatus.FAILED, 1)
    assert either.ingestion.ingest([MISSING]).status == IngestionJobStatus.FAILED


def test_markdown_is_its_own_result(either: Any, keep: Keep) -> None:
    [file_id] = keep(guide_md="# Guide\n")
    job = either.ingestion.ingest([file_id, file_id])
    assert (job.status, job.output_files) == (IngestionJobStatus.COMPLETED, [file_id])
    assert records(job) == {"guide.md": "completed"}
    assert either.files.delete(file_id).deleted
    assert either.ingestion.retrieve(job.id).output_files == []


def test_list(either: Any, flow_portal: FlowPortal, keep: Keep) -> None:
    assert either.ingestion.list().data == []
    made = [either.ingestion.ingest([file_id]).id for file_id in keep(a_txt="A.", b_txt="B.")]
    flow_portal.work()
    newest, oldest = either.ingestion.list().data
    assert [newest.id, oldest.id] == made[::-1]
    assert newest.status == IngestionJobStatus.COMPLETED
    assert newest.output_files == either.ingestion.retrieve(newest.id).output_files


def test_a_list_is_asked_for_in_parts(raw: Callable[..., httpx.Response], client: SeekrFlow) -> None:
    for _ in range(3):
        client.ingestion.ingest([MISSING])
    part = raw("GET", "ingestion?limit=2&offset=2").json()
    assert (len(part["data"]), part["total"]) == (1, 3)
    for query in ("limit=0", "limit=101", "offset=-1", "colour=red"):
        assert raw("GET", f"ingestion?{query}").status_code == 422


def test_files_at_work_stay_and_those_that_are_done_may_go(either: Any, flow_portal: FlowPortal, keep: Keep) -> None:
    [file_id] = keep(notes_txt="One.")
    job = either.ingestion.ingest([file_id])
    with pytest.raises(ConflictError, match="It is used by Ingestion job"):
        either.files.delete(file_id)
    flow_portal.work()
    [output] = either.ingestion.retrieve(job.id).output_files
    assert either.files.delete(file_id).deleted
    assert either.files.retrieve(output).id == output, "the Markdown was asked for by itself"
    assert either.files.delete(output).deleted
    assert either.ingestion.retrieve(job.id).output_files == []
    assert records(either.ingestion.retrieve(job.id)) == {"notes.txt": "completed"}


def test_what_came_of_it_can_be_put_into_a_data_job(
    flow_portal: FlowPortal, client: SeekrFlow, keep: Keep, email: str
) -> None:
    job = client.ingestion.ingest(keep(notes_txt="One."))
    flow_portal.work()
    [output] = client.ingestion.retrieve(job.id).output_files
    with flow_portal.lab(email) as lab:
        assert lab.states(lab.job(output)) == {"notes.md": "ready"}
    with pytest.raises(ConflictError, match="Data job"):
        client.files.delete(output)


def test_the_same_request_begins_once(raw: Callable[..., httpx.Response], client: SeekrFlow, keep: Keep) -> None:
    [file_id] = keep(notes_txt="One.")
    headers = {"Idempotency-Key": "once"}
    first, again = (raw("POST", "ingestion", json={"files": [file_id]}, headers=headers) for _ in range(2))
    assert (first.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(client.ingestion.list().data) == 1
    other = raw("POST", "ingestion", json={"files": [MISSING]}, headers=headers)
    assert (other.status_code, list(other.json()["errors"])) == (422, ["Idempotency-Key"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "files"),
        ({"files": []}, "files"),
        ({"files": "file-1"}, "files"),
        ({"files": [""]}, "files"),
        ({"files": ["x" * 42]}, "files"),
        ({"files": ["file 1"]}, "files"),
        ({"files": [MISSING], "method": "fastest"}, "method"),
        ({"files": [MISSING], "method": None}, "method"),
        ({"files": [f"file-{number}" for number in range(1_001)]}, "files"),
        ({"files": [MISSING], "colour": "red"}, "colour"),
    ],
)
def test_requests_that_arent_right(raw: Callable[..., httpx.Response], body: dict[str, Any], field: str) -> None:
    refused = raw("POST", "ingestion", json=body)
    assert (refused.status_code, refused.headers["Content-Type"]) == (422, "application/problem+json")
    assert list(refused.json()["errors"]) == [field]


@pytest.mark.parametrize(("content", "kind", "status"), [("{", "application/json", 400), ("files=1", "text/csv", 415)])
def test_bodies_that_cant_be_read(raw: Callable[..., httpx.Response], content: str, kind: str, status: int) -> None:
    assert raw("POST", "ingestion", content=content, headers={"Content-Type": kind}).status_code == status


def test_a_method_that_there_is_not(either: Any, keep: Keep) -> None:
    with pytest.raises(APIError, match="Choose speed-optimized or accuracy-optimized") as refused:
        either.ingestion.ingest(keep(notes_txt="One."), method="fastest")
    assert refused.value.http_status == 422


def test_who_has_no_token(flow_portal: FlowPortal) -> None:
    stranger = flow_portal.client_with("nonsense")
    for ask in (lambda: stranger.ingestion.ingest([MISSING]), stranger.ingestion.list):
        with pytest.raises(AuthenticationError) as refused:
            ask()
        assert refused.value.http_status == 401


@pytest.mark.parametrize("roles", [{"role": "auditor"}, {"token_role": "reader"}])
def test_who_may_only_read(flow_client: Callable[..., SeekrFlow], roles: dict[str, str]) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        flow_client(**roles).ingestion.ingest([MISSING])
    assert refused.value.http_status == 403


def test_jobs_of_others_arent_there(flow_client: Callable[..., SeekrFlow], client: SeekrFlow) -> None:
    job = client.ingestion.ingest([MISSING])
    for other, job_id in ((flow_client("other@example.com"), job.id), (client, "ij-1")):
        with pytest.raises(InvalidRequestError, match="There is no ingestion job") as refused:
            other.ingestion.retrieve(job_id)
        assert refused.value.http_status == 404


def test_who_asks_too_often(flow_portal: FlowPortal, client: SeekrFlow) -> None:
    with flow_portal.limits(api_write_limit="1 per minute"):
        client.ingestion.ingest([MISSING])
        with pytest.raises(RateLimitError) as refused:
            client.ingestion.ingest([MISSING])
    assert refused.value.http_status == 429
