"""Data jobs by the public client, unmodified: every method of both its kinds, and every refusal."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from seekrai import SeekrFlow
from seekrai.error import APIError, AuthenticationError, ConflictError, InvalidRequestError, RateLimitError
from seekrai.types.data_jobs import DataJobStatus, DataJobType, SortableField

from tests.support.flow import FlowPortal

MISSING = "dj-00000000-0000-4000-8000-000000000000"
GUIDE = "# Pumps\n\nThe valve is opened first.\n"


def file_of(portal: FlowPortal, email: str, name: str, content: str = GUIDE) -> str:
    with portal.lab(email) as lab:
        return lab.file(name, content)


def test_create(either: Any) -> None:
    job = either.data_jobs.create("Handbooks", system_prompt="You answer.", instructions="Be brief.")
    assert job.id.startswith("dj-")
    assert (job.name, job.job_type, job.status) == ("Handbooks", "principle_files", DataJobStatus.NEEDS_REVIEW)
    assert (job.system_prompt, job.instructions, job.resolved_instructions) == ("You answer.", "Be brief.", "Be brief.")
    assert job.status_message == "Add at least one file."
    assert (job.alignment_job_id, job.origin_data_job_id, job.deleted) == (None, None, False)
    for time in (job.created_at, job.system_prompt_updated_at, job.instructions_updated_at):
        assert time.utcoffset() == timedelta(0)


def test_create_with_the_fewest_words(either: Any) -> None:
    job = either.data_jobs.create("Answers", job_type=DataJobType.CONTEXT_GROUNDED_FILES)
    assert (job.system_prompt, job.system_prompt_updated_at, job.instructions) == (None, None, None)
    prepared = either.data_jobs.create("Vectors", job_type=DataJobType.CONTEXT_GROUNDED_VECTOR_DB)
    assert prepared.job_type == "context_grounded_vector_db"


def test_a_description_is_kept(client: SeekrFlow, raw: Callable[..., httpx.Response]) -> None:
    made = raw("POST", "data-jobs", json={"name": "Q4", "job_type": "principle_files", "description": "For Q4."})
    assert (made.status_code, made.json()["description"]) == (201, "For Q4.")
    changed = raw("PATCH", f"data-jobs/{made.json()['id']}", json={"description": None})
    assert (changed.status_code, changed.json()["description"]) == (200, None)
    assert client.data_jobs.retrieve(made.json()["id"]).name == "Q4"


def test_list(either: Any) -> None:
    assert either.data_jobs.list().data == []
    made = [either.data_jobs.create(name).id for name in ("b", "c", "a")]
    grounded = either.data_jobs.create("d", job_type=DataJobType.CONTEXT_GROUNDED_FILES)
    assert [job.id for job in either.data_jobs.list().data] == [grounded.id, *reversed(made)]
    by_name = either.data_jobs.list(sort_by=SortableField.NAME, sort_order="asc", limit=2, offset=1)
    assert [job.name for job in by_name.data] == ["b", "c"]
    assert [job.name for job in either.data_jobs.list(job_type=DataJobType.CONTEXT_GROUNDED_FILES).data] == ["d"]


def test_retrieve(either: Any, flow_portal: FlowPortal, email: str) -> None:
    job_id = either.data_jobs.create("Handbooks", system_prompt="You answer.").id
    either.data_jobs.add_files(job_id, [file_of(flow_portal, email, "guide.md")])
    job = either.data_jobs.retrieve(job_id)
    assert (job.id, job.status) == (job_id, DataJobStatus.READY_TO_START)
    assert (job.alignment_job, job.ingestion_jobs, job.fine_tuning_job_ids) == (None, [], [])
    assert [event.event_type for event in job.timeline] == ["Created", "Files Added"]


def test_update_changes_what_is_sent(either: Any) -> None:
    job_id = either.data_jobs.create("Old", system_prompt="You answer.", instructions="Be brief.").id
    renamed = either.data_jobs.update(job_id, name="New")
    assert (renamed.name, renamed.system_prompt, renamed.instructions) == ("New", "You answer.", "Be brief.")
    cleared = either.data_jobs.update(job_id, instructions=None, vector_database_id=None)
    assert (cleared.name, cleared.system_prompt, cleared.instructions) == ("New", "You answer.", None)
    assert either.data_jobs.update(job_id).name == "New"
    events = either.data_jobs.update(job_id, system_prompt="You ask.").timeline
    assert [event.event_type for event in events][-1] == "System Prompt Updated"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"vector_database_id": "vd-1"}, "This portal has no vector database"),
        ({"name": None}, '"name"'),
        ({"system_prompt": "x" * 100_001}, "At most 100,000 characters"),
    ],
)
def test_update_refuses(client: SeekrFlow, change: dict[str, Any], words: str) -> None:
    job_id = client.data_jobs.create("Old").id
    with pytest.raises(APIError, match=words) as refused:
        client.data_jobs.update(job_id, **change)
    assert refused.value.http_status == 422


def test_add_files(either: Any, flow_portal: FlowPortal, email: str) -> None:
    job_id = either.data_jobs.create("Handbooks", system_prompt="You answer.").id
    markdown, text = (file_of(flow_portal, email, name) for name in ("guide.md", "notes.txt"))
    job = either.data_jobs.add_files(job_id, [markdown, text, "file-nowhere"])
    ready, queued, missing = job.files
    assert (ready.file_id, ready.record_id, ready.type) == (markdown, None, "md")
    assert (queued.status, missing.status) == ("queued", "failed")
    assert job.additional_alignment_file_ids == [markdown]
    [ingestion] = job.ingestion_jobs
    assert [record.method for record in ingestion.records] == ["accuracy-optimized"] * 2
    assert ingestion.records[1].error_message == "The file was not found or is not owned by the current user."


@pytest.mark.parametrize(
    ("method", "used"),
    [
        ("speed-optimized", "speed-optimized"),
        ("best", "accuracy-optimized"),
        (None, "accuracy-optimized"),
    ],
)
def test_the_method(client: SeekrFlow, flow_portal: FlowPortal, email: str, method: str | None, used: str) -> None:
    job_id = client.data_jobs.create("Handbooks").id
    job = client.data_jobs.add_files(job_id, [file_of(flow_portal, email, "notes.txt")], method=method)
    assert job.ingestion_jobs[0].records[0].method == used


def test_remove_files(either: Any, flow_portal: FlowPortal, email: str) -> None:
    job_id = either.data_jobs.create("Handbooks").id
    guide, notes = (file_of(flow_portal, email, name) for name in ("guide.md", "notes.txt"))
    either.data_jobs.add_files(job_id, [guide, notes])
    job = either.data_jobs.remove_files(job_id, [notes])
    assert [file.file_id for file in job.files] == [guide]
    assert job.timeline[-1].event_type in ("Files Removed", "File Processing Completed")
    with pytest.raises(APIError, match="isn't in this data job") as refused:
        either.data_jobs.remove_files(job_id, [notes])
    assert refused.value.http_status == 422


def test_start(either: Any, flow_portal: FlowPortal, email: str) -> None:
    job_id = either.data_jobs.create("Handbooks", system_prompt="You answer.").id
    with pytest.raises(ConflictError, match="Add at least one file"):
        either.data_jobs.start(job_id)
    either.data_jobs.add_files(job_id, [file_of(flow_portal, email, "guide.md")])
    started = either.data_jobs.start(job_id)
    assert started.alignment_job is not None
    assert started.alignment_job_id == started.alignment_job.id
    assert started.alignment_job_id.startswith("al-")
    assert started.status.value in ("pending", "queued")
    assert started.timeline[-1].event_type == "Alignment Started"
    with pytest.raises(ConflictError, match="being made"):
        either.data_jobs.start(job_id)
    flow_portal.work()
    done = either.data_jobs.retrieve(job_id)
    assert (done.status.value, done.alignment_job.progress) == ("completed", 100.0)
    assert {file.file_type.value for file in done.alignment_job.output_files} == {"jsonl", "parquet"}
    assert done.timeline[-1].event_type == "Alignment Completed"
    assert {"completed"} == {job.status.value for job in either.data_jobs.list().data}


def test_a_job_for_a_vector_database_cannot_be_started(client: SeekrFlow, flow_portal: FlowPortal, email: str) -> None:
    job_id = client.data_jobs.create("Vectors", job_type=DataJobType.CONTEXT_GROUNDED_VECTOR_DB).id
    prepared = client.data_jobs.add_files(job_id, [file_of(flow_portal, email, "guide.md")])
    assert "this portal has no vector database" in (prepared.status_message or "")
    assert "can be started" not in (prepared.status_message or "")
    with pytest.raises(ConflictError, match="This portal has no vector database"):
        client.data_jobs.start(job_id)


def test_cancel(either: Any, flow_portal: FlowPortal, email: str) -> None:
    job_id = either.data_jobs.create("Handbooks", system_prompt="You answer.").id
    with pytest.raises(ConflictError, match="nothing can be cancelled"):
        either.data_jobs.cancel(job_id)
    notes, guide = (file_of(flow_portal, email, name) for name in ("notes.txt", "guide.md"))
    either.data_jobs.add_files(job_id, [notes])
    stopped = either.data_jobs.cancel(job_id)
    assert [file.status for file in stopped.files] == ["cancelled"]
    either.data_jobs.remove_files(job_id, [notes])
    either.data_jobs.add_files(job_id, [guide])
    either.data_jobs.start(job_id)
    cancelled = either.data_jobs.cancel(job_id)
    assert (cancelled.status.value, cancelled.alignment_job.output_files) == ("cancelled", [])
    flow_portal.work()
    assert either.data_jobs.retrieve(job_id).timeline[-1].event_type == "Alignment Cancelled"
    assert either.data_jobs.start(job_id).status.value in ("pending", "queued")


def test_clone(either: Any, flow_portal: FlowPortal, email: str) -> None:
    job_id = either.data_jobs.create("Handbooks", system_prompt="You answer.").id
    either.data_jobs.add_files(job_id, [file_of(flow_portal, email, "guide.md")])
    copy = either.data_jobs.clone(job_id)
    assert (copy.name, copy.origin_data_job_id, copy.system_prompt) == ("Handbooks (copy)", job_id, "You answer.")
    assert (len(copy.files), copy.status) == (1, DataJobStatus.READY_TO_START)
    assert copy.id != job_id
    assert either.data_jobs.clone(job_id, name="Another").name == "Another"


def test_delete(either: Any) -> None:
    job_id = either.data_jobs.create("Handbooks").id
    assert either.data_jobs.delete(job_id) is None
    with pytest.raises(InvalidRequestError, match="There is no data job") as refused:
        either.data_jobs.retrieve(job_id)
    assert refused.value.http_status == 404


def test_delete_while_training_data_is_made(client: SeekrFlow, flow_portal: FlowPortal, email: str) -> None:
    job_id = client.data_jobs.create("Handbooks", system_prompt="You answer.").id
    client.data_jobs.add_files(job_id, [file_of(flow_portal, email, "guide.md")])
    alignment_id = client.data_jobs.start(job_id).alignment_job_id or ""
    client.data_jobs.delete(job_id)
    flow_portal.work()
    with pytest.raises(InvalidRequestError) as refused:
        client.alignment.retrieve(alignment_id)
    assert refused.value.http_status == 404


def test_generate_system_prompt(either: Any) -> None:
    suggested = either.data_jobs.generate_system_prompt("Answer questions about pumps.", document_summary="Pumps.")
    assert "pumps" in suggested.system_prompt.lower()
    assert either.data_jobs.generate_system_prompt("Answer questions about pumps.").system_prompt


def test_failed_files_are_retried(client: SeekrFlow, raw: Callable[..., httpx.Response]) -> None:
    job_id = client.data_jobs.create("Handbooks").id
    nothing = raw("POST", f"data-jobs/{job_id}/retry")
    assert (nothing.status_code, nothing.json()["fix"]) == (400, "There is nothing to retry.")
    [file] = client.data_jobs.add_files(job_id, ["file-nowhere"]).files
    for ids in (["rec-999999999"], ["12"], [file.record_id, "rec-0"]):
        assert raw("POST", f"data-jobs/{job_id}/retry", json={"record_ids": ids}).status_code == 422
    wanted = {"json": {"record_ids": [file.record_id]}, "headers": {"Idempotency-Key": "again"}}
    retried, replayed = (raw("POST", f"data-jobs/{job_id}/retry", **wanted) for _ in range(2))
    assert (retried.status_code, replayed.status_code) == (200, 200)
    assert "Idempotency-Replayed" not in retried.headers
    assert replayed.headers["Idempotency-Replayed"] == "true"
    events = [event.event_type for event in client.data_jobs.retrieve(job_id).timeline]
    assert events.count("File Retried") == 1


def test_a_start_that_is_sent_again(
    client: SeekrFlow, raw: Callable[..., httpx.Response], flow_portal: FlowPortal, email: str
) -> None:
    job_id = client.data_jobs.create("Handbooks", system_prompt="You answer.").id
    client.data_jobs.add_files(job_id, [file_of(flow_portal, email, "guide.md")])
    started = raw("POST", f"data-jobs/{job_id}/start", headers={"Idempotency-Key": "start"})
    again = raw("POST", f"data-jobs/{job_id}/start", headers={"Idempotency-Key": "start"})
    assert (started.status_code, again.status_code) == (200, 200)
    assert started.json()["alignment_job_id"] == again.json()["alignment_job_id"]
    assert again.headers["Idempotency-Replayed"] == "true"


def test_starts_that_are_sent_at_the_same_time(
    client: SeekrFlow, raw: Callable[..., httpx.Response], flow_portal: FlowPortal, email: str
) -> None:
    job_id = client.data_jobs.create("Handbooks", system_prompt="You answer.").id
    client.data_jobs.add_files(job_id, [file_of(flow_portal, email, "guide.md")])

    def start(key: str) -> httpx.Response:
        return raw("POST", f"data-jobs/{job_id}/start", headers={"Idempotency-Key": key})

    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(start, ["one"] * 4))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["alignment_job_id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 3
    assert start("another").status_code == 409


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("data-jobs", {"name": "a", "job_type": "principle_files", "vector_database_id": None}, "vector_database_id"),
        ("data-jobs", {"name": "a", "job_type": "nothing"}, "job_type"),
        ("data-jobs", {"name": " ", "job_type": "principle_files"}, "name"),
        ("data-jobs/{job}/add-files", {"file_ids": []}, "file_ids"),
        ("data-jobs/{job}/add-files", {"file_ids": ["file-nowhere"], "method": "slow"}, "method"),
        ("data-jobs/{job}/add-files", {"file_ids": ["with space"]}, "file_ids"),
        ("data-jobs/{job}/clone", {"nam": "x"}, "nam"),
        ("data-jobs/gen_system_prompt", {"instructions": "  "}, "instructions"),
    ],
)
def test_what_is_wrong_is_named(
    client: SeekrFlow, raw: Callable[..., httpx.Response], path: str, body: dict[str, Any], field: str
) -> None:
    job_id = client.data_jobs.create("Handbooks").id
    refused = raw("POST", path.format(job=job_id), json=body)
    assert (refused.status_code, list(refused.json()["errors"])) == (422, [field])
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_refusals_are_the_client_s_own_errors(flow_portal: FlowPortal, client: SeekrFlow, email: str) -> None:
    job_id = client.data_jobs.create("Handbooks").id
    stranger, auditor = (
        flow_portal.client("stranger@example.com"),
        flow_portal.client("aud@example.com", role="auditor"),
    )
    cases: list[tuple[int, type[Exception], Callable[[], Any]]] = [
        (404, InvalidRequestError, lambda: client.data_jobs.retrieve(MISSING)),
        (404, InvalidRequestError, lambda: stranger.data_jobs.retrieve(job_id)),
        (404, InvalidRequestError, lambda: stranger.data_jobs.start(job_id)),
        (403, InvalidRequestError, lambda: auditor.data_jobs.delete(job_id)),
        (409, ConflictError, lambda: client.data_jobs.start(job_id)),
        (422, APIError, lambda: client.data_jobs.create("  ")),
    ]
    for status, error, ask in cases:
        with pytest.raises(error) as refused:
            ask()
        assert refused.value.http_status == status  # type: ignore[attr-defined]  # all its errors have it
    assert auditor.data_jobs.retrieve(job_id).id == job_id


def test_refusals_of_the_request_itself(flow_portal: FlowPortal, email: str) -> None:
    with flow_portal.client_with("no-token") as nobody, pytest.raises(AuthenticationError):
        nobody.data_jobs.list()
    form = {"Content-Type": "text/csv"}
    with (
        SeekrFlow(api_key=flow_portal.token(email), base_url=flow_portal.url, supplied_headers=form) as client,
        pytest.raises(InvalidRequestError) as refused,
    ):
        client.data_jobs.create("Handbooks")
    assert refused.value.http_status == 415
    client = flow_portal.client(email)
    with flow_portal.limits(api_write_limit="1 per minute"):
        client.data_jobs.create("One")
        with pytest.raises(RateLimitError):
            client.data_jobs.create("Two")
