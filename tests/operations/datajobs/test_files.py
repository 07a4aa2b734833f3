"""Files in data jobs: added, removed, replaced."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from portal import timeline
from portal.datajobs import operations, queries
from portal.datajobs.operations import handing_in
from portal.errors import BadInput, NotFound
from portal.extensions import db
from portal.files.uses import uses_of
from tests.support.job_lab import JobLab

NOT_FOUND = "The file was not found or is not owned by the current user."


def test_markdown_is_ready_and_everything_else_waits(job_lab: JobLab) -> None:
    job_id = job_lab.job(
        job_lab.file("a.txt"), job_lab.file("b.md", "# B\n\nText.\n"), job_lab.file("c.csv", "x,y\n1,2\n")
    )
    assert job_lab.states(job_id) == {"a.txt": "queued", "b.md": "ready", "c.csv": "queued"}
    assert job_lab.positions(job_id) == {"a.txt": 1, "b.md": None, "c.csv": 2}
    assert job_lab.tasks_waiting() == 2
    job_lab.convert()
    assert job_lab.states(job_id) == {"a.txt": "completed", "b.md": "ready", "c.csv": "completed"}
    assert job_lab.events(job_id) == ["Created", "Files Added", "File Processing Started", "File Processing Completed"]
    assert job_lab.messages(job_id)[1] == "a.txt, b.md and c.csv added."


def test_files_that_are_added_together_make_one_ingestion_job(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"), job_lab.file("b.txt"))
    job_lab.add(job_id, job_lab.file("c.txt"), method="best")
    job_lab.add(job_id, job_lab.file("d.md", "# D\n"))
    jobs = queries.ingestion_jobs_of(job_id)
    assert [job.method for job in jobs] == ["speed-optimized", "accuracy-optimized"]


@pytest.mark.parametrize("whose", ["nobody's", "another's", "an import's"])
def test_a_file_that_may_not_be_known_is_the_same_as_one_that_is_missing(job_lab: JobLab, whose: str) -> None:
    other = job_lab.someone("operator", "other@example.com")
    file_id = {
        "nobody's": lambda: "file-00000000-0000-0000-0000-000000000000",
        "another's": lambda: job_lab.file("secret.txt", by=other),
        "an import's": lambda: job_lab.upload_of_a_run("rows.csv"),
    }[whose]()
    job_id = job_lab.job()
    handed = job_lab.add(job_id, file_id)
    file = job_lab.files(job_id)[0].file
    assert (handed.failed, handed.waiting) == ([file_id], 0)
    assert (file.name, file.size, file.kind) == (file_id, None, None)
    assert file.record is not None
    assert (file.record.error_message, file.record.status) == (NOT_FOUND, "failed")
    assert file.record.suggested_fix == "Re-upload the file or verify the correct `file_id`."
    operations.retry_files(job_id, actor=job_lab.user)
    job_lab.convert()
    assert job_lab.file_of(job_id, file_id).record.error_message == NOT_FOUND
    assert job_lab.status(job_id) == "needs_review"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "The file appears to be empty."),
        ("a.md", b"  \n\n", "The file appears to be empty."),
        ("a.md", b"\xff\xfe\x00\xd8", "The text is in no encoding that could be recognised."),
        ("a.exe", b"MZ", "The file is of a type that can't be converted."),
    ],
)
def test_what_is_plain_at_once_is_said_at_once(job_lab: JobLab, name: str, content: bytes, message: str) -> None:
    job_id = job_lab.job(job_lab.file(name, content))
    record = job_lab.file_of(job_id, name).record
    assert record is not None
    assert (record.status, record.error_message) == ("failed", message)
    assert record.failed_at is not None
    assert job_lab.events(job_id) == ["Created", "Files Added", "File Failed", "File Processing Completed"]


def test_a_file_is_in_a_job_once(job_lab: JobLab) -> None:
    file_id = job_lab.file("a.txt")
    job_id = job_lab.job(file_id, file_id)
    handed = job_lab.add(job_id, file_id)
    assert (handed.added, handed.there_before) == ([], ["a.txt"])
    assert len(job_lab.files(job_id)) == 1


def test_adding_a_failed_file_again_retries_it(job_lab: JobLab) -> None:
    file_id = job_lab.file("a.txt", " ")
    job_id = job_lab.job(file_id)
    job_lab.convert()
    handed = job_lab.add(job_id, file_id, method="accuracy-optimized")
    assert handed.retried == ["a.txt"]
    record = job_lab.file_of(job_id, "a.txt").record
    assert record is not None
    assert (record.status, record.method) == ("queued", "accuracy-optimized")


def test_a_corrected_file_of_the_same_name_takes_the_place_of_the_failed_one(job_lab: JobLab) -> None:
    failed, other = job_lab.file("a.txt", " "), job_lab.file("b.txt")
    job_id = job_lab.job(failed, other)
    job_lab.convert()
    handed = job_lab.add(job_id, job_lab.file("a.txt", "Mended."))
    job_lab.convert()
    assert handed.replaced == ["a.txt"]
    assert job_lab.states(job_id) == {"a.txt": "completed", "b.txt": "completed"}
    assert list(job_lab.states(job_id)) == ["a.txt", "b.txt"]  # its place
    assert job_lab.status(job_id) == "ready_to_start"


def test_one_of_the_same_name_as_a_good_file_is_another_file(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"), job_lab.file("a.txt", "Other."))
    assert len(job_lab.files(job_id)) == 2


def test_a_file_is_removed(job_lab: JobLab) -> None:
    first, second = job_lab.file("a.txt"), job_lab.file("b.md", "# B\n")
    before = job_lab.stored()
    job_id = job_lab.job(first, second)
    job_lab.convert()
    assert operations.remove_files(job_id, [first, second], actor=job_lab.user) == ["a.txt", "b.md"]
    assert job_lab.states(job_id) == {}
    assert job_lab.stored() == before
    assert job_lab.events(job_id)[-1] == "Files Removed"
    job_lab.add(job_id, first)
    job_lab.convert()
    assert job_lab.states(job_id) == {"a.txt": "completed"}


def test_nothing_is_removed_where_one_is_not_there(job_lab: JobLab) -> None:
    file_id = job_lab.file("a.txt")
    job_id = job_lab.job(file_id)
    with pytest.raises(BadInput) as refused:
        operations.remove_files(job_id, [file_id, "file-x"], actor=job_lab.user)
    assert refused.value.errors == {"file_ids": ["file-x isn't in this data job."]}
    assert job_lab.states(job_id) == {"a.txt": "queued"}


def test_a_file_is_replaced_in_one_step(job_lab: JobLab) -> None:
    failed, other = job_lab.file("a.txt", " "), job_lab.file("b.txt")
    job_id = job_lab.job(failed, other, method="accuracy-optimized")
    job_lab.convert()
    new = job_lab.file("better.txt", "Mended.")
    operations.replace_file(job_id, failed, new, actor=job_lab.user)
    assert job_lab.positions(job_id) == {"better.txt": 1, "b.txt": None}
    record = job_lab.file_of(job_id, "better.txt").record
    assert record is not None
    assert record.method == "accuracy-optimized"
    job_lab.convert()
    assert job_lab.states(job_id) == {"better.txt": "completed", "b.txt": "completed"}
    assert "better.txt takes the place of a.txt." in job_lab.messages(job_id)
    assert not uses_of([failed])[failed]


def test_markdown_can_take_the_place_of_a_document_and_the_reverse(job_lab: JobLab) -> None:
    document, markdown = job_lab.file("a.txt"), job_lab.file("a.md", "# A\n")
    job_id = job_lab.job(document)
    job_lab.convert()
    operations.replace_file(job_id, document, markdown, actor=job_lab.user)
    assert job_lab.states(job_id) == {"a.md": "ready"}
    operations.replace_file(job_id, markdown, document, actor=job_lab.user)
    job_lab.convert()
    assert job_lab.states(job_id) == {"a.txt": "completed"}


def test_what_cannot_replace(job_lab: JobLab) -> None:
    first, second = job_lab.file("a.txt"), job_lab.file("b.txt")
    job_id = job_lab.job(first, second)
    with pytest.raises(BadInput, match="has that file already"):
        operations.replace_file(job_id, first, second, actor=job_lab.user)
    with pytest.raises(NotFound, match="There is no file file-x"):
        operations.replace_file(job_id, first, "file-x", actor=job_lab.user)
    with pytest.raises(NotFound, match="The data job has no file file-x"):
        operations.replace_file(job_id, "file-x", job_lab.file("c.txt"), actor=job_lab.user)
    assert job_lab.states(job_id) == {"a.txt": "queued", "b.txt": "queued"}


@pytest.mark.parametrize(
    ("file_ids", "words"),
    [
        ([], "Choose at least one file."),
        (["file-1\n"], "A file's id"),
        ([f"file-{n}" for n in range(1001)], "At most 1,000"),
    ],
)
def test_wrong_lists_of_files(job_lab: JobLab, file_ids: list[str], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        operations.add_files(job_lab.job(), file_ids, actor=job_lab.user)


def test_only_the_two_methods_are_there(job_lab: JobLab) -> None:
    with pytest.raises(BadInput) as refused:
        job_lab.add(job_lab.job(), job_lab.file("a.txt"), method="fast")
    assert refused.value.errors == {"method": ["Choose speed-optimized or accuracy-optimized."]}


def test_a_file_says_where_it_is_used(job_lab: JobLab) -> None:
    file_id = job_lab.file("a.txt")
    job_id = job_lab.job(file_id)
    assert [(use.what, use.name, use.values) for use in uses_of([file_id])[file_id]] == [
        ("Data job", "Handbooks", {"job_id": job_id})
    ]


def test_many_files_are_asked_for_together(job_lab: JobLab) -> None:
    """While they are put into the job nobody else may change it, and on SQLite nobody may write at all."""
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2].split()[0]))

    def taken(number: int) -> tuple[int, int]:
        job_id = job_lab.job()
        files = [job_lab.file(f"{number}.txt") for number in range(number)]
        asked.clear()
        job_lab.add(job_id, *files)
        added = len(asked) - asked.count("INSERT")
        operations.cancel_processing(job_id, actor=job_lab.user)
        asked.clear()
        operations.retry_files(job_id, actor=job_lab.user)
        return added, len(asked)

    assert taken(2) == taken(8)


def test_the_timeline_names_the_files_that_each_event_is_about(job_lab: JobLab) -> None:
    bad, there, new = job_lab.file("bad.txt", " "), job_lab.file("there.txt"), job_lab.file("new.txt")
    job_id = job_lab.job(bad, there)
    job_lab.convert()
    job_lab.add(job_id, bad, there, new)
    events = timeline.events_of(db.session, "data_job", job_id)[-2:]
    assert [(event.event_type, event.details["file_ids"]) for event in events] == [
        ("Files Added", [new]),
        ("File Retried", [bad]),
    ]


def test_a_file_that_comes_again_itself_is_not_replaced_by_one_of_its_name(job_lab: JobLab) -> None:
    old, new = job_lab.file("a.txt", " "), job_lab.file("a.txt", "Better.")
    job_id = job_lab.job(old)
    job_lab.convert()
    job_lab.add(job_id, new, old)
    assert [file.file.file_id for file in job_lab.files(job_id)] == [old, new]


def test_markdown_that_is_long_is_read_by_a_worker(job_lab: JobLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing_in, "READ_AT_ONCE", 8)
    job_id = job_lab.job(job_lab.file("long.md", "# Long\n\nText.\n"), job_lab.file("short.md", "# S\n"))
    assert job_lab.states(job_id) == {"long.md": "queued", "short.md": "ready"}
    job_lab.convert()
    assert job_lab.result(job_id, "long.md") == "# Long\n\nText.\n"
