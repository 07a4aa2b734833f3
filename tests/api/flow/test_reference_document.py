"""The reference document *Monitor ingestion*, from its first line to its last: what it shows of the client is done here
as it stands there, and what it says of answers is looked for in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from seekrai import SeekrFlow

from portal.datajobs.engine import converting
from portal.documents.child.children import Converted
from portal.documents.failures import INTERNAL, UNAVAILABLE, ConversionFailed, Failure
from tests.support.flow import FlowPortal
from tests.support.pdfs import Page, lines, write_pdf

BLANK = " \n"
"""What the client uploads although there is nothing in it."""

EMPTY = ("The file appears to be empty.", "Upload a file with content.")
UNREADABLE = (
    "The PDF may be corrupted, password-protected, or in an unsupported format.",
    "Upload a valid, unprotected PDF.",
)
TOO_LARGE = (
    "The PDF contains pages that exceed the maximum supported size.",
    "Re-export the PDF with smaller page dimensions.",
)
NOT_FOUND = (
    "The file was not found or is not owned by the current user.",
    "Re-upload the file or verify the correct `file_id`.",
)
AWAY = ("Service temporarily unavailable.", "Retry the job after a brief wait.")
BROKEN = ("Internal processing failure.", "If the issue persists, contact support.")
"""*Troubleshoot common errors*, word for word."""


@pytest.fixture
def client(flow_portal: FlowPortal, email: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SeekrFlow]:
    """Made as the document makes it: the environment says where the portal is and who asks."""
    monkeypatch.setenv("SEEKR_API_KEY", flow_portal.token(email))
    monkeypatch.setenv("SEEKR_BASE_URL", flow_portal.url)
    with SeekrFlow() as client:
        yield client


@pytest.fixture
def upload(client: SeekrFlow, written: Callable[..., Path]) -> Callable[..., str]:
    """Uploads a file with this name, and returns its id."""
    return lambda *file: client.files.upload(written(*file), purpose="alignment").id


@pytest.fixture
def job_id(client: SeekrFlow) -> str:
    return client.data_jobs.create("Customer support refresh", system_prompt="You answer.").id


def test_understand_data_job_status(
    client: SeekrFlow, flow_portal: FlowPortal, upload: Callable[..., str], job_id: str
) -> None:
    def status() -> str:
        return client.data_jobs.retrieve(job_id).status.value

    assert status() == "needs_review"  # missing files
    client.data_jobs.add_files(job_id, [upload("notes.txt")])
    assert status() == "file_processing"
    flow_portal.work()
    assert status() == "ready_to_start"
    client.data_jobs.update(job_id, system_prompt=None)
    assert status() == "needs_review"  # missing system prompt
    client.data_jobs.update(job_id, system_prompt="You answer.")
    client.data_jobs.add_files(job_id, ["file-nowhere"])
    assert status() == "needs_review"  # failed ingestion record
    client.data_jobs.remove_files(job_id, ["file-nowhere"])
    client.data_jobs.start(job_id)
    assert status() in ("pending", "queued")
    flow_portal.work()
    assert status() == "completed"  # mirrors the alignment job


def test_list_all_data_jobs(client: SeekrFlow, job_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    jobs = client.data_jobs.list()
    for job in jobs.data:
        print(job.id, job.status, job.created_at)

    assert job_id in capsys.readouterr().out


def test_retrieve_a_specific_data_job(client: SeekrFlow, job_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    detail = client.data_jobs.retrieve(job_id)
    print("Job ID:", detail.id)
    print("Status:", detail.status)

    assert capsys.readouterr().out.splitlines() == [f"Job ID: {job_id}", f"Status: {detail.status}"]


def test_the_sample_response(raw: Callable[..., httpx.Response]) -> None:
    made = {
        "name": "Customer support refresh",
        "description": "Prep PDFs and Markdown for Q4 fine-tuning",
        "job_type": "principle_files",
    }
    job = raw("POST", "data-jobs", json=made).json()
    answer = raw("GET", f"data-jobs/{job['id']}").json()
    shown = ["id", "name", "description", "job_type", "status", "created_at", "updated_at"]
    assert set(answer) >= {*shown, "ingestion_jobs", "files", "timeline"}
    assert {field: answer[field] for field in made} == made
    assert answer["id"].startswith("dj-")
    for field in ("created_at", "updated_at"):
        date, _, time = answer[field].partition("T")
        assert len(date) == len("2025-11-14")
        assert len(time) == len("07:35:21.700005Z")
        assert time.endswith("Z")


def test_inspect_ingestion_jobs_and_file_records(
    client: SeekrFlow,
    flow_portal: FlowPortal,
    upload: Callable[..., str],
    job_id: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    client.data_jobs.add_files(job_id, [upload("notes.txt"), upload("blank.txt", BLANK)], method="speed-optimized")
    queued = client.data_jobs.retrieve(job_id).ingestion_jobs[0].records[0]
    assert (queued.status, queued.queue_position) == ("queued", 1)
    flow_portal.work()

    detail = client.data_jobs.retrieve(job_id)

    for ingestion_job in detail.ingestion_jobs:
        print(f"Ingestion job: {ingestion_job.id} — {ingestion_job.status}")
        for record in ingestion_job.records:
            print(f"  {record.filename}: {record.status}")
            if record.processing_at:
                print(f"    Started: {record.processing_at}")
            if record.completed_at:
                print(f"    Finished: {record.completed_at}")
            if record.status == "failed":
                print(f"    Error: {record.error_message}")
                print(f"    Fix: {record.suggested_fix}")

    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("Ingestion job: ij-")
    assert printed[1] == "  notes.txt: completed"
    assert [line.split(":")[0].strip() for line in printed[2:4]] == ["Started", "Finished"]
    assert printed[4] == "  blank.txt: failed"
    assert printed[5].startswith("    Started: ")
    assert printed[6:] == [f"    Error: {EMPTY[0]}", f"    Fix: {EMPTY[1]}"]


def test_file_record_fields(
    client: SeekrFlow, flow_portal: FlowPortal, upload: Callable[..., str], job_id: str
) -> None:
    client.data_jobs.add_files(job_id, [upload("notes.txt"), "file-nowhere"], method="speed-optimized")
    flow_portal.work()
    done, failed = client.data_jobs.retrieve(job_id).ingestion_jobs[0].records
    assert done.record_id != failed.record_id
    assert (done.filename, done.status, done.method) == ("notes.txt", "completed", "speed-optimized")
    assert (done.queue_position, done.error_message, done.suggested_fix, done.failed_at) == (None, None, None, None)
    assert done.processing_at is not None
    assert done.completed_at is not None
    assert done.created_at <= done.processing_at <= done.completed_at
    assert (failed.status, failed.completed_at) == ("failed", None)
    assert failed.failed_at is not None
    assert failed.failed_at >= failed.created_at


def test_the_file_list(client: SeekrFlow, flow_portal: FlowPortal, upload: Callable[..., str], job_id: str) -> None:
    markdown = upload("guide.md")
    client.data_jobs.add_files(job_id, [markdown, upload("notes.txt")])
    flow_portal.work()
    detail = client.data_jobs.retrieve(job_id)
    uploaded, converted = detail.files
    assert (uploaded.file_id, uploaded.record_id) == (markdown, None)
    assert converted.record_id == detail.ingestion_jobs[0].records[0].record_id
    assert converted.status == "completed"


def test_read_the_timeline(client: SeekrFlow, flow_portal: FlowPortal, upload: Callable[..., str], job_id: str) -> None:
    client.data_jobs.add_files(job_id, [upload("notes.txt"), upload("more.txt")])
    flow_portal.work()
    detail = client.data_jobs.retrieve(job_id)
    told = {event.event_type: event for event in detail.timeline}
    assert (told["Created"].message, told["Created"].metadata) == ("Data job created.", {})
    for event_type, message, status in (
        ("File Processing Started", "Started processing files.", "running"),
        ("File Processing Completed", "Finished processing files.", "completed"),
    ):
        assert told[event_type].message == message
        about = {"ingestion_job_id": detail.ingestion_jobs[0].id, "status": status, "record_count": 2}
        assert told[event_type].metadata == about
    times = [event.timestamp for event in detail.timeline]
    assert times == sorted(times)


def test_resolve_ingestion_failures(
    client: SeekrFlow,
    flow_portal: FlowPortal,
    upload: Callable[..., str],
    job_id: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    client.data_jobs.add_files(job_id, [upload("prices.txt", BLANK), upload("other.txt", BLANK)])
    flow_portal.work()

    detail = client.data_jobs.retrieve(job_id)

    for ingestion_job in detail.ingestion_jobs:
        for record in ingestion_job.records:
            if record.status == "failed":
                print(f"File: {record.filename}")
                print(f"Error: {record.error_message}")
                print(f"Fix: {record.suggested_fix}")

    assert capsys.readouterr().out.splitlines() == [
        line
        for name in ("prices.txt", "other.txt")
        for line in (f"File: {name}", f"Error: {EMPTY[0]}", f"Fix: {EMPTY[1]}")
    ]
    corrected = upload("prices.txt", "The pump costs 12 dollars.")
    client.data_jobs.add_files(job_id, [corrected])  # to retry
    flow_portal.work()
    [prices, other] = client.data_jobs.retrieve(job_id).files
    assert (prices.file_id, prices.status, other.status) == (corrected, "completed", "failed")
    assert client.data_jobs.remove_files(job_id, [other.file_id]).status.value == "ready_to_start"  # to skip
    gone = client.data_jobs.remove_files(job_id, [corrected])
    assert gone.status.value == "needs_review"  # at least one viable file must remain


def test_common_errors_of_files(
    client: SeekrFlow, flow_portal: FlowPortal, upload: Callable[..., str], job_id: str, tmp_path: Path
) -> None:
    large = write_pdf(tmp_path / "large.pdf", [Page(texts=lines(["Wide."]), size=(20_000, 20_000))]).read_bytes()
    wrong = {
        "blank.txt": (BLANK, EMPTY),
        "broken.pdf": ("%PDF-1.7 and nothing more", UNREADABLE),
        "large.pdf": (large, TOO_LARGE),
    }
    ids = [upload(name, content) for name, (content, _) in wrong.items()]
    client.data_jobs.add_files(job_id, [*ids, "file-nowhere"])
    flow_portal.work()
    expected = {name: words for name, (_, words) in wrong.items()} | {"file-nowhere": NOT_FOUND}
    [ingestion] = client.data_jobs.retrieve(job_id).ingestion_jobs
    assert {record.filename: (record.error_message, record.suggested_fix) for record in ingestion.records} == expected


@pytest.mark.parametrize("failure", [UNAVAILABLE, INTERNAL])
def test_common_errors_of_the_service(
    client: SeekrFlow, flow_portal: FlowPortal, email: str, job_id: str, failure: Failure
) -> None:
    def convert(_source: Path, **_how: Any) -> Converted:
        raise ConversionFailed(failure)

    with flow_portal.lab(email) as lab:
        client.data_jobs.add_files(job_id, [lab.file("notes.txt")])
        for _ in range(4):  # what may pass is tried again, three times
            lab.end_pauses()
            converting.convert_waiting(lab.context(convert))
    [record] = client.data_jobs.retrieve(job_id).ingestion_jobs[0].records
    words = {UNAVAILABLE: AWAY, INTERNAL: BROKEN}[failure]
    assert (record.status, record.error_message, record.suggested_fix) == ("failed", *words)
