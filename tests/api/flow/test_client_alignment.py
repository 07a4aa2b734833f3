"""Alignment by the public client, unmodified: every method of both its kinds, and every refusal; and the pairs, which
are the portal's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from seekrai import SeekrFlow
from seekrai.error import APIError, AuthenticationError, ConflictError, InvalidRequestError
from seekrai.types.alignment import AlignmentJobStatus, AlignmentType

from config import LanguageModel
from tests.support.flow import FlowPortal

MISSING = "al-00000000-0000-4000-8000-000000000000"
WAITING = {AlignmentJobStatus.STATUS_PENDING, AlignmentJobStatus.STATUS_QUEUED}
GUIDE = """# Pumps

A pump moves water from a low place to a high place by means of an impeller that turns in its casing.

## Starting

Open the inlet valve first, then prime the casing with water until no more air leaves the vent.

- Check the oil.
- Check the belt.
- Close the drain.
"""


@pytest.fixture
def guide(flow_portal: FlowPortal, email: str) -> str:
    """The id of a Markdown file."""
    with flow_portal.lab(email) as lab:
        return lab.file("guide.md", GUIDE)


def test_generate(either: Any, guide: str) -> None:
    job = either.alignment.generate("Answer questions about pumps.", [guide], system_prompt="You know pumps.")
    assert job.id.startswith("al-")
    assert job.status in WAITING
    assert (job.progress, job.current_step, job.output_files) == (0.0, None, [])
    assert job.status_message == "The training data waits until a worker has time for it."
    assert (job.eta_minutes, job.estimated_completion_at, job.stopped_at) == (None, None, None)
    assert job.created_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("kind", AlignmentType)
def test_from_generate_to_the_files(
    either: Any, flow_portal: FlowPortal, guide: str, kind: AlignmentType, raw: Callable[..., httpx.Response]
) -> None:
    job_id = either.alignment.generate("Answer questions about pumps.", [guide], type=kind).id
    flow_portal.work()
    job = either.alignment.retrieve(job_id)
    assert (job.status, job.progress) == (AlignmentJobStatus.STATUS_COMPLETED, 100.0)
    assert job.stopped_at >= job.created_at
    outputs = either.alignment.outputs(job_id)
    assert outputs == job.output_files
    lines, table = outputs
    assert (lines.file_type.value, table.file_type.value) == ("jsonl", "parquet")
    assert {output.purpose.value for output in outputs} == {"fine-tune"}
    pairs = raw("GET", f"alignment/{job_id}").json()["pair_counts"]["kept"]
    written = content(raw, lines.id)
    assert len(written) == lines.bytes
    said = [json.loads(line) for line in written.splitlines()]
    assert len(said) == pairs > 0
    assert all([one["role"] for one in line["messages"]] == ["system", "user", "assistant"] for line in said)
    assert ("Context:" in said[0]["messages"][1]["content"]) is (kind is AlignmentType.CONTEXT_DATA)
    assert content(raw, table.id)[:4] == b"PAR1"


def content(raw: Callable[..., httpx.Response], file_id: str) -> bytes:
    answer = raw("GET", f"files/{file_id}/content")
    assert answer.status_code == 200
    return answer.content


def test_list(either: Any, guide: str, raw: Callable[..., httpx.Response]) -> None:
    assert either.alignment.list().data == []
    made = [either.alignment.generate(f"Number {number}.", [guide]).id for number in range(3)]
    listed = either.alignment.list()
    assert (listed.object, [job.id for job in listed.data]) == ("list", made[::-1])
    part = raw("GET", "alignment", params={"limit": 1, "offset": 1}).json()
    assert ([job["id"] for job in part["data"]], part["total"]) == ([made[1]], 3)
    assert raw("GET", "alignment", params={"limit": 101}).status_code == 422


def test_outputs_before_the_end(either: Any, guide: str) -> None:
    assert either.alignment.outputs(either.alignment.generate("Be brief.", [guide]).id) == []


def test_cancel(either: Any, flow_portal: FlowPortal, guide: str) -> None:
    job_id = either.alignment.generate("Be brief.", [guide]).id
    cancelled = either.alignment.cancel(job_id)
    assert (cancelled.status, cancelled.output_files) == (AlignmentJobStatus.STATUS_CANCELLED, [])
    assert cancelled.stopped_at is not None
    flow_portal.work()
    assert either.alignment.outputs(job_id) == []
    with pytest.raises(ConflictError, match="cancelled already"):
        either.alignment.cancel(job_id)


def test_delete(either: Any, flow_portal: FlowPortal, guide: str) -> None:
    job_id = either.alignment.generate("Be brief.", [guide]).id
    with pytest.raises(ConflictError, match="Cancel that first"):
        either.alignment.delete(job_id)
    flow_portal.work()
    [lines, _table] = either.alignment.outputs(job_id)
    assert either.alignment.delete(job_id) is None
    assert either.files.retrieve(lines.id).id == lines.id
    with pytest.raises(InvalidRequestError) as refused:
        either.alignment.retrieve(job_id)
    assert refused.value.http_status == 404


def test_only_markdown_that_is_there_is_taken(client: SeekrFlow, flow_portal: FlowPortal, email: str) -> None:
    with flow_portal.lab(email) as lab:
        notes, theirs = lab.file("notes.txt"), lab.file("theirs.md", by=lab.someone("operator", f"x{email}"))
    for file_id in (notes, theirs, "file-nowhere"):
        with pytest.raises(APIError, match=r"files.*(isn't Markdown|There is no file)") as refused:
            client.alignment.generate("Be brief.", [file_id])
        assert refused.value.http_status == 422
    with pytest.raises(APIError, match="Choose at least one file"):
        client.alignment.generate("Be brief.", [])


def test_what_is_ours_beside_the_client_s_fields(
    client: SeekrFlow, flow_portal: FlowPortal, guide: str, raw: Callable[..., httpx.Response]
) -> None:
    job_id = client.alignment.generate("Be brief.", [guide], system_prompt="You know pumps.").id
    flow_portal.work()
    job = raw("GET", f"alignment/{job_id}").json()
    assert (job["type"], job["data_job_id"]) == ("principle", None)
    assert (job["system_prompt"], job["instructions"]) == ("You know pumps.", "Be brief.")
    assert (job["generator"], job["model"], job["usage"]) == ("embedded", None, None)
    assert job["file_counts"] == {"total": 1, "done": 1}
    assert [(step["key"], step["progress"]) for step in job["steps"]] == [
        ("generating", 100.0),
        ("deduplicating", 100.0),
        ("writing", 100.0),
    ]
    assert (job["files_out_of_date"], job["error_message"], job["suggested_fix"]) == (False, None, None)
    assert f"{job['pair_counts']['kept']:,} questions with their answers" in job["status_message"]


def test_progress_while_it_is_at_work(client: SeekrFlow, flow_portal: FlowPortal, email: str, guide: str) -> None:
    job_id = client.alignment.generate("Be brief.", [guide]).id or ""
    begun = datetime.now(UTC) - timedelta(seconds=60)
    with flow_portal.lab(email) as lab:
        at_work = "UPDATE alignment_jobs SET status = 'running', started_at = :begun WHERE public_id = :id"
        lab.write(at_work, begun=f"{begun:%Y-%m-%d %H:%M:%S.%f}", id=job_id)
        half = "UPDATE alignment_steps SET done = total / 2, started_at = :begun WHERE key = 'generating'"
        lab.write(half, begun=f"{begun:%Y-%m-%d %H:%M:%S.%f}")
    job = client.alignment.retrieve(job_id)
    assert (job.status, job.current_step) == (AlignmentJobStatus.STATUS_RUNNING, "generating")
    assert (job.progress, job.step_progress) == (pytest.approx(35, abs=1), pytest.approx(50, abs=1))
    assert job.eta_minutes == 2
    assert job.estimated_completion_at is not None
    assert timedelta(seconds=30) < job.estimated_completion_at - datetime.now(UTC) < timedelta(seconds=120)
    assert job.status_message == "Questions and answers are being made: 0 of 1 documents are done."
    client.alignment.cancel(job_id)


def test_what_a_language_model_was_asked(
    client: SeekrFlow, flow_portal: FlowPortal, email: str, guide: str, raw: Callable[..., httpx.Response]
) -> None:
    job_id = client.alignment.generate("Be brief.", [guide]).id or ""
    client.alignment.cancel(job_id)
    flow_portal.work()
    with flow_portal.lab(email) as lab:
        lab.write("UPDATE alignment_jobs SET model = 'small' WHERE public_id = :id", id=job_id)
        asked = "UPDATE alignment_sources SET requests = 3, input_tokens = 1500000, output_tokens = 200000, refused = 1"
        lab.write(f"{asked} WHERE file_id = :id", id=guide)
    usage = {"requests": 3, "input_tokens": 1_500_000, "output_tokens": 200_000, "refused": 1}
    prices = {"price_input": Decimal(2), "price_output": Decimal(10)}
    for name, cost in (("small", 5.0), ("another", None)):
        with flow_portal.limits(language_model=LanguageModel("https://models.example.com/v1", name, **prices)):
            job = raw("GET", f"alignment/{job_id}", params={}).json()
        assert (job["generator"], job["model"], job["usage"]) == ("model", "small", usage | {"cost": cost})


def test_a_file_that_is_gone_fails_with_a_reason(
    client: SeekrFlow, flow_portal: FlowPortal, email: str, guide: str
) -> None:
    job_id = client.alignment.generate("Be brief.", [guide]).id
    with flow_portal.lab(email) as lab:
        storage = flow_portal.app.config["PORTAL"].data_dir / "files"
        (storage / lab.stored_file(guide).storage_key).unlink()
    flow_portal.work()
    failed = client.alignment.retrieve(job_id)
    assert failed.status is AlignmentJobStatus.STATUS_FAILED
    assert "guide.md" in (failed.status_message or "")
    assert failed.output_files == []


def test_generate_that_is_sent_again(guide: str, raw: Callable[..., httpx.Response]) -> None:
    wanted = {"json": {"instructions": "Be brief.", "files": [guide]}, "headers": {"Idempotency-Key": "once"}}
    made, again = (raw("POST", "alignment/generate", **wanted) for _ in range(2))
    assert made.json()["id"] == again.json()["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    other = raw(
        "POST", "alignment/generate", json={"instructions": "At length.", "files": [guide]}, headers=wanted["headers"]
    )
    assert (other.status_code, list(other.json()["errors"])) == (422, ["Idempotency-Key"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"vector_database_id": "vd-1"}, "vector_database_id"),
        ({"instructions": " "}, "instructions"),
        ({"type": "chain_of_thought"}, "type"),
        ({"file_ids": ["file-a"]}, "file_ids"),
        ({"files": "file-a"}, "files"),
        ({"system_prompt": "x" * 100_001}, "system_prompt"),
    ],
)
def test_what_is_wrong_is_named(raw: Callable[..., httpx.Response], wrong: dict[str, Any], field: str) -> None:
    refused = raw("POST", "alignment/generate", json={"instructions": "Be brief.", "files": ["file-a"]} | wrong)
    assert (refused.status_code, list(refused.json()["errors"])) == (422, [field])


def test_refusals_are_the_client_s_own_errors(flow_portal: FlowPortal, client: SeekrFlow, guide: str) -> None:
    job_id = client.alignment.generate("Be brief.", [guide]).id
    stranger, auditor = (
        flow_portal.client("stranger@example.com"),
        flow_portal.client("aud@example.com", role="auditor"),
    )
    refusals: list[tuple[int, Callable[[], Any]]] = [
        (404, lambda: client.alignment.retrieve(MISSING)),
        (404, lambda: client.alignment.outputs(MISSING)),
        (404, lambda: stranger.alignment.retrieve(job_id)),
        (404, lambda: stranger.alignment.cancel(job_id)),
        (403, lambda: auditor.alignment.cancel(job_id)),
        (403, lambda: auditor.alignment.generate("Be brief.", [guide])),
    ]
    for status, ask in refusals:
        with pytest.raises(InvalidRequestError) as refused:
            ask()
        assert refused.value.http_status == status
    assert auditor.alignment.retrieve(job_id).id == job_id
    with flow_portal.client_with("no-token") as nobody, pytest.raises(AuthenticationError):
        nobody.alignment.list()


def test_pairs(client: SeekrFlow, flow_portal: FlowPortal, guide: str, raw: Callable[..., httpx.Response]) -> None:
    job_id = client.alignment.generate("Be brief.", [guide]).id
    assert raw("GET", f"alignment/{job_id}/pairs").json() == {"object": "list", "data": [], "total": 0}
    flow_portal.work()
    every = raw("GET", f"alignment/{job_id}/pairs", params={"limit": 100}).json()
    assert every["total"] == len(every["data"])
    for pair in every["data"]:
        assert (pair["file_id"], pair["filename"], pair["document"]) == (guide, "guide.md", 1)
        passage = pair["passage"]
        assert passage["text"] == GUIDE[passage["start"] : passage["end"]]
        assert passage["start"] <= pair["start"] < pair["end"] <= passage["end"]
    second = raw("GET", f"alignment/{job_id}/pairs", params={"limit": 1, "offset": 1}).json()
    assert second["data"] == every["data"][1:2]
    found = raw("GET", f"alignment/{job_id}/pairs", params={"search": "IMPELLER", "state": "kept"}).json()["data"]
    assert found
    assert all("impeller" in f"{pair['question']} {pair['answer']}".lower() for pair in found)
    assert raw("GET", f"alignment/{job_id}/pairs", params={"kind": "nothing"}).status_code == 422


def test_a_pair_is_edited_dropped_and_restored(
    client: SeekrFlow, flow_portal: FlowPortal, guide: str, raw: Callable[..., httpx.Response]
) -> None:
    job_id = client.alignment.generate("Be brief.", [guide]).id
    flow_portal.work()
    pair = raw("GET", f"alignment/{job_id}/pairs").json()["data"][0]
    own, before = f"alignment/{job_id}/pairs/{pair['id']}", client.alignment.outputs(job_id)
    edited = raw("PATCH", own, json={"question": "What is a pump?", "version": pair["version"]})
    assert (edited.status_code, edited.json()["question"]) == (200, "What is a pump?")
    assert (edited.json()["answer"], edited.json()["original_question"]) == (pair["answer"], pair["question"])
    assert raw("GET", f"alignment/{job_id}").json()["files_out_of_date"] is True
    flow_portal.work()
    after = client.alignment.outputs(job_id)
    assert [output.id for output in after] == [output.id for output in before]
    assert b"What is a pump?" in content(raw, after[0].id)
    assert raw("PATCH", own, json={"answer": "Mine.", "version": pair["version"]}).status_code == 409
    assert raw("PATCH", own, json={"state": "dropped"}).json()["state"] == "dropped"
    assert raw("PATCH", own, json={"answer": "Mine."}).status_code == 409
    flow_portal.work()
    assert b"What is a pump?" not in content(raw, after[0].id)
    assert raw("PATCH", own, json={"state": "kept"}).json()["state"] == "kept"
    for wrong in ({"state": "dropped", "answer": "Mine."}, {"question": " "}, {"state": "duplicate"}, {"text": "x"}):
        assert raw("PATCH", own, json=wrong).status_code == 422
    stale = raw("PATCH", own, json={"state": "dropped", "version": pair["version"]})
    assert (stale.status_code, list(stale.json()["errors"])) == (422, ["version"]), "what isn't heeded isn't taken"
    assert raw("PATCH", f"alignment/{job_id}/pairs/999999999", json={"state": "dropped"}).status_code == 404
