"""Data jobs and ingestion jobs, as the public client asks for them, parsed by the types that it has for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from seekrai.types.data_jobs import DataJobDetailResponse, DataJobListQuery, DataJobListResponse
from seekrai.types.ingestion import IngestionList, IngestionResponse
from sqlalchemy import event

from portal.datajobs import operations
from portal.extensions import db
from tests.api.conftest import FLOW, Library, Program
from tests.support.databases import ON_BOTH
from tests.support.job_lab import JobLab

JOBS, INGESTION = f"{FLOW}/data-jobs", f"{FLOW}/ingestion"

RECORD_FIELDS = {
    "record_id",
    "filename",
    "status",
    "method",
    "queue_position",
    "error_message",
    "suggested_fix",
    "created_at",
    "processing_at",
    "completed_at",
    "failed_at",
}
"""Those of the reference, *File record fields*."""


def detail(program: Program, job_id: str) -> DataJobDetailResponse:
    answer = program.get(f"{JOBS}/{job_id}")
    assert answer.status_code == 200, answer.text
    return DataJobDetailResponse(**answer.json)


def names(program: Program, query: str = "") -> list[str]:
    answer = program.get(JOBS + query)
    assert answer.status_code == 200, answer.text
    return [job.name for job in DataJobListResponse(**answer.json).data]


def named(lab: JobLab, *names: str) -> list[str]:
    """Empty jobs with these names."""
    return [operations.create_job(name, "context_grounded_files", actor=lab.user).id for name in names]


def test_a_job_as_the_reference_shows_it(operator: Program, library: Library) -> None:
    with library() as lab:
        markdown = lab.file("guide.md", "# Guide\n")
        job_id = lab.job(
            markdown,
            lab.file("notes.txt", "One."),
            lab.file("empty.pdf", ""),
            job_type="principle_files",
            description="Prep PDFs and Markdown for Q4 fine-tuning",
            system_prompt="You answer.",
        )
        lab.convert()
    answer = operator.get(f"{JOBS}/{job_id}").json
    assert answer["description"] == "Prep PDFs and Markdown for Q4 fine-tuning"
    assert answer["user_id"] == str(operator.person.id)
    job = DataJobDetailResponse(**answer)
    assert (job.status.value, job.status_message) == (
        "needs_review",
        "1 file wasn't converted: retry, replace or remove it.",
    )
    assert job.system_prompt_updated_at is not None
    assert job.additional_alignment_file_ids == [markdown]
    assert (job.alignment_job, job.fine_tuning_job_ids, job.deleted) == (None, [], False)
    assert [event.event_type for event in job.timeline][:3] == ["Created", "Files Added", "File Failed"]
    assert [event.timestamp for event in job.timeline] == sorted(event.timestamp for event in job.timeline)


def test_a_change_of_nothing_is_none(operator: Program, library: Library) -> None:
    with library() as lab:
        job_id = lab.job()
    before = operator.get(f"{JOBS}/{job_id}").json
    assert operator.ask("PATCH", f"{JOBS}/{job_id}", json={}).status_code == 200
    assert operator.get(f"{JOBS}/{job_id}").json == before


def test_records_have_every_field_of_the_reference(operator: Program, library: Library) -> None:
    with library() as lab:
        job_id = lab.job(lab.file("notes.txt", "One."), lab.file("empty.pdf", ""))
        lab.convert()
    [ingestion] = operator.get(f"{JOBS}/{job_id}").json["ingestion_jobs"]
    assert all(set(record) >= RECORD_FIELDS for record in ingestion["records"])
    converted, failed = detail(operator, job_id).ingestion_jobs[0].records
    assert (converted.filename, converted.status, converted.method) == ("notes.txt", "completed", "speed-optimized")
    assert converted.processing_at is not None
    assert converted.completed_at is not None
    assert (failed.status, failed.error_message, failed.suggested_fix) == (
        "failed",
        "The file appears to be empty.",
        "Upload a file with content.",
    )
    assert failed.failed_at is not None
    assert failed.user_id == str(operator.person.id)


def test_the_files_of_a_job(operator: Program, library: Library) -> None:
    with library() as lab:
        markdown, text = lab.file("guide.md", "# Guide\n"), lab.file("sheet.xlsx")
        job_id = lab.job(markdown, text, "file-nowhere")
    ready, queued, missing = detail(operator, job_id).files
    assert (ready.file_id, ready.record_id, ready.type, ready.status) == (markdown, None, "md", None)
    assert (queued.record_id, queued.type, queued.status) == ("rec-1", "xlsx", "queued")
    assert ready.created_at is not None
    assert (missing.name, missing.created_at, missing.status) == ("file-nowhere", None, "failed")
    assert missing.suggested_fix
    one = operator.get(f"{JOBS}/{job_id}/files/{text}").json
    assert one == operator.get(f"{JOBS}/{job_id}").json["files"][1]
    assert operator.get(f"{JOBS}/{job_id}/files/file-none").status_code == 404


def test_a_file_of_someone_else_looks_like_one_that_is_missing(
    operator: Program, program: Callable[..., Program], library: Library
) -> None:
    with library() as lab:
        theirs = lab.file("theirs.txt", by=lab.someone("operator", "other@example.com"))
        job_id = lab.job(theirs, "file-nowhere")
    taken, missing = operator.get(f"{JOBS}/{job_id}").json["files"]
    differing = {"file_id", "name", "record_id", "added_at"}
    assert {field for field in taken if taken[field] != missing[field]} == differing
    assert taken["name"] == theirs


def test_places_in_the_queue_are_those_of_the_whole_portal(
    operator: Program, program: Callable[..., Program], library: Library
) -> None:
    with library() as lab:
        lab.job(lab.file("first.txt"))
        job_id = lab.job(lab.file("empty.txt", ""), lab.file("second.txt"), lab.file("third.txt"))
    places = {record.filename: record.queue_position for record in detail(operator, job_id).ingestion_jobs[0].records}
    assert places == {"empty.txt": None, "second.txt": 2, "third.txt": 3}
    newest = operator.get(INGESTION).json["data"][0]["id"]
    records = IngestionResponse(**operator.get(f"{INGESTION}/{newest}").json).file_records or []
    assert {record.filename: record.queue_position for record in records} == places


def test_ingestion_jobs(operator: Program, library: Library) -> None:
    with library() as lab:
        job_id = lab.job(lab.file("notes.txt", "One."), lab.file("more.txt", "Two."))
        lab.convert()
        lab.add(job_id, lab.file("later.txt"))
    newest, oldest = IngestionList(**operator.get(INGESTION).json).data or ()
    assert (newest.status.value, newest.output_files) == ("queued", [])
    assert oldest.status.value == "completed"
    assert len(oldest.output_files) == 2
    shown = IngestionResponse(**operator.get(f"{INGESTION}/{oldest.id}").json)
    assert shown.output_files == oldest.output_files
    assert [record.filename for record in shown.file_records or ()] == ["notes.txt", "more.txt"]
    contents = operator.get(f"{FLOW}/files/{shown.output_files[0]}/content")
    assert contents.text == "One.\n"


def test_files_that_were_removed_or_replaced_are_gone(operator: Program, library: Library) -> None:
    with library() as lab:
        removed, replaced = lab.file("removed.txt", ""), lab.file("replaced.txt", "")
        job_id = lab.job(removed, replaced, lab.file("good.txt"))
        operations.remove_files(job_id, [removed], actor=lab.user)
        operations.replace_file(job_id, replaced, lab.file("corrected.txt"), actor=lab.user)
    shown = detail(operator, job_id)
    assert [file.name for file in shown.files] == ["corrected.txt", "good.txt"]
    assert [[record.filename for record in one.records] for one in shown.ingestion_jobs] == [
        ["good.txt"],
        ["corrected.txt"],
    ]


@pytest.mark.parametrize(
    ("prepare", "status", "message"),
    [
        (lambda lab: lab.job(), "needs_review", "Add at least one file."),
        (
            lambda lab: lab.job(job_type="principle_files"),
            "needs_review",
            "Add at least one file. Write a system prompt.",
        ),
        (lambda lab: lab.job(lab.file("a.txt")), "file_processing", "1 of 1 files is still being processed."),
        (
            lambda lab: lab.job(lab.file("a.txt", ""), lab.file("b.txt", "")),
            "needs_review",
            "At least one file must be usable. 2 files weren't converted: retry, replace or remove them.",
        ),
        (lambda lab: lab.job(lab.file("a.md")), "ready_to_start", "Everything is there: the job can be started."),
    ],
)
def test_what_a_job_needs(
    operator: Program, library: Library, prepare: Callable[[JobLab], str], status: str, message: str
) -> None:
    with library() as lab:
        job_id = prepare(lab)
    job = detail(operator, job_id)
    assert (job.status.value, job.status_message) == (status, message)
    assert [one.status.value for one in DataJobListResponse(**operator.get(JOBS).json).data] == [status]
    assert names(operator, f"?status={status}") == ["Handbooks"]


def test_parts_of_the_list_in_each_order(operator: Program, library: Library) -> None:
    with library() as lab:
        named(lab, "b", "c", "a")
    assert names(operator) == ["a", "c", "b"], "the newest first"
    assert names(operator, "?sort_by=name&sort_order=asc") == ["a", "b", "c"]
    assert names(operator, "?sort_by=name&sort_order=desc&limit=1&offset=1") == ["b"]
    assert names(operator, "?job_type=principle_files") == []
    assert names(operator, "?search=C") == ["c"]
    assert operator.get(f"{JOBS}?limit=1").json["total"] == 3


def test_what_the_client_asks_by_default(operator: Program, library: Library) -> None:
    with library() as lab:
        named(lab, *(f"job {number}" for number in range(30)))
    asked = {name: value for name, value in DataJobListQuery().model_dump(mode="json").items() if value is not None}
    answer = operator.get(JOBS, query_string=asked)
    assert answer.json == operator.get(JOBS).json
    assert [job["name"] for job in answer.json["data"]] == [f"job {number}" for number in range(29, 4, -1)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?limit=0", "limit"),
        ("?limit=101", "limit"),
        ("?offset=-1", "offset"),
        ("?job_type=files", "job_type"),
        ("?job_type=", "job_type"),
        ("?sort_by=status", "sort_by"),
        ("?sort_order=ASC", "sort_order"),
        ("?status=done", "status"),
        ("?per_page=5", "per_page"),
    ],
)
def test_wrong_queries(operator: Program, query: str, field: str) -> None:
    refused = operator.get(JOBS + query)
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert list(refused.json["errors"]) == [field]


def test_jobs_of_others_arent_there(operator: Program, program: Callable[..., Program], library: Library) -> None:
    with library() as lab:
        file_id = lab.file("mine.txt")
        job_id = lab.job(file_id)
    ingestion_id = operator.get(INGESTION).json["data"][0]["id"]
    other, auditor = program("operator", "other@example.com"), program("auditor")
    for path in (f"{JOBS}/{job_id}", f"{JOBS}/{job_id}/files/{file_id}", f"{INGESTION}/{ingestion_id}"):
        assert (other.get(path).status_code, auditor.get(path).status_code) == (404, 200)
    for path in (JOBS, INGESTION):
        assert (other.get(path).json["total"], auditor.get(path).json["total"]) == (0, 1)


@pytest.mark.parametrize("path", [f"{JOBS}/dj-1", f"{JOBS}/%00", f"{INGESTION}/ij-1", f"{FLOW}/nothing"])
def test_what_isnt_there(operator: Program, path: str) -> None:
    refused = operator.get(path)
    assert (refused.status_code, refused.mimetype) == (404, "application/problem+json")


def test_whoever_has_it_already_gets_nothing_again(operator: Program, library: Library) -> None:
    with library() as lab:
        job_id = lab.job(lab.file("a.txt"))
    known = {"If-None-Match": operator.get(f"{JOBS}/{job_id}").headers["ETag"]}
    assert operator.get(f"{JOBS}/{job_id}", headers=known).status_code == 304
    with library() as lab:
        operations.cancel_processing(job_id, actor=lab.user)
    assert operator.get(f"{JOBS}/{job_id}", headers=known).status_code == 200


STATEMENTS = {JOBS: 3, f"{FLOW}/files": 2, INGESTION: 3, f"{JOBS}/{{job}}": 7, f"{INGESTION}/{{ingestion}}": 3}
"""How many SELECTs each address takes, beside that which knows the token."""


@ON_BOTH
@pytest.mark.parametrize(("jobs", "files"), [(1, 2), (6, 40)])
def test_statements_are_the_same_however_much_there_is(
    app: Flask, operator: Program, library: Library, jobs: int, files: int
) -> None:
    with library() as lab:
        *_, job_id = named(lab, *("job" for _ in range(jobs)))
        lab.add(job_id, lab.file("a.md"), *(lab.file(f"{number}.txt") for number in range(files)))
    ingestion_id = operator.get(INGESTION).json["data"][0]["id"]
    taken = {}
    for path in STATEMENTS:
        with selects(app) as sent:
            answer = operator.get(path.format(job=job_id, ingestion=ingestion_id))
        assert answer.status_code == 200
        taken[path] = len([statement for statement in sent if "api_tokens" not in statement])
    assert taken == STATEMENTS
    assert len(detail(operator, job_id).files) == files + 1


@contextmanager
def selects(app: Flask) -> Iterator[list[str]]:
    """The SELECTs that the app sends meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
