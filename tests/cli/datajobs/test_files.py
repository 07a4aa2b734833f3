"""`portal jobs add-files`, `remove-files` and `retry`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from portal.command_line import waiting
from portal.datajobs.cli.elsewhere import DataJobsElsewhere
from portal.datajobs.cli.here import DataJobsHere
from tests.cli.datajobs.conftest import TYPE


def states(job) -> dict[str, str | None]:
    return {file["name"]: file["status"] for file in job["files"]}


def test_files_of_this_machine_and_of_the_library(jobs, answer, job, bench) -> None:
    with bench() as lab:
        file_id = lab.file("report.txt")
    status, out, err = jobs("add-files", job, "handbook.md", file_id, "note.txt", "--method", "speed-optimized")
    assert (status, out, err) == (0, "2 of 3 files are still being processed.\n", "")
    found = answer("show", job)
    assert [file["name"] for file in found["files"]] == ["handbook.md", "report.txt", "note.txt"]
    assert [file["method"] for file in found["files"]] == [None, "speed-optimized", "speed-optimized"]
    assert found["files"][1]["file_id"] == file_id


def test_the_method_is_accurate_unless_said(answer, job) -> None:
    assert answer("add-files", job, "note.txt")["files"][0]["method"] == "accuracy-optimized"


def test_many_files_are_sent_in_batches(answer, job, desk) -> None:
    names = [f"page-{number:03}.md" for number in range(101)]
    for name in names:
        (desk / name).write_text(f"# {name}\n\nText.\n")
    added = answer("add-files", job, *names, names[0])
    assert [file["name"] for file in added["files"]] == names
    assert len([event for event in added["timeline"] if event["event_type"] == "Files Added"]) == 2


def test_nothing_is_sent_if_one_cant_be_read(jobs, answer, job) -> None:
    status, out, err = jobs("add-files", job, "handbook.md", "nothing.md")
    assert (status, out) == (1, "")
    assert err == "Error: nothing.md can't be read: No such file or directory.\n"
    assert answer("show", job)["files"] == []


def test_a_file_that_the_portal_refuses(make_app, jobs, job, desk, app) -> None:
    limit = app.config["PORTAL"].max_upload_bytes
    object.__setattr__(app.config["PORTAL"], "max_upload_bytes", 100)
    try:
        status, out, err = jobs("add-files", job, "handbook.md")
    finally:
        object.__setattr__(app.config["PORTAL"], "max_upload_bytes", limit)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "handbook.md" in err
    assert "larger than" in err


def test_waiting_until_they_are_converted(jobs, job, working) -> None:
    status, out, err = jobs("add-files", job, "note.txt", "handbook.md", "--wait")
    assert (status, err) == (0, f"Data job {job}: 2 of 2 files done\n")
    assert out == "Everything is there: the job can be started.\n"


def test_waiting_names_each_file_that_failed_and_what_to_do(jobs, answer, job, working) -> None:
    status, out, err = jobs("add-files", job, "empty.md", "handbook.md", "tool.exe", "--wait")
    assert (status, out) == (1, "2 files weren't converted: retry, replace or remove them.\n")
    failed = {file["name"]: file for file in answer("show", job)["files"] if file["status"] == "failed"}
    assert err.splitlines() == [
        f"{name}: {failed[name]['error_message']} {failed[name]['suggested_fix']}" for name in ("empty.md", "tool.exe")
    ]


def test_waiting_says_why_nothing_moves(jobs, job, work, monkeypatch) -> None:
    monkeypatch.setattr(waiting, "LINE_SECONDS", 0.0)
    monkeypatch.setattr(waiting, "STILL_SECONDS", 0.0)
    asked = Event()
    for door in (DataJobsHere, DataJobsElsewhere):
        monkeypatch.setattr(door, "why_still", noting(door.why_still, asked))
    with ThreadPoolExecutor(1) as threads:
        outcome = threads.submit(jobs, "add-files", job, "note.txt", "--wait")
        is_asked = asked.wait(30)
        work()
        status, _, err = outcome.result()
    assert (is_asked, status) == (True, 0)
    lines = err.splitlines()
    assert f"Data job {job}: 0 of 1 files done, 1 waiting from place 1 of the queue" in lines
    assert len([line for line in lines if "No worker is running" in line or "none is running" in line]) == 1
    assert lines[-1] == f"Data job {job}: 1 of 1 files done"


def noting(why_still, asked: Event):
    def ask(*args, **kwargs) -> str:
        asked.set()
        return why_still(*args, **kwargs)

    return ask


def test_waiting_looks_at_the_files_that_were_named_alone(jobs, job, working) -> None:
    jobs("add-files", job, "empty.md")
    assert jobs("add-files", job, "handbook.md", "--wait")[0] == 0


def test_files_are_removed_by_name_or_id(jobs, answer, job) -> None:
    added = answer("add-files", job, "handbook.md", "note.txt", "empty.md")
    status, out, err = jobs("remove-files", job, "empty.md", added["files"][1]["file_id"])
    assert (status, out, err) == (0, "Everything is there: the job can be started.\n", "")
    assert states(answer("show", job)) == {"handbook.md": None}


def test_a_name_that_no_file_has_or_several(jobs, answer, job, bench) -> None:
    with bench() as lab:
        answer("add-files", job, lab.file("a.md"), lab.file("a.md"))
    for name, why in (
        ("b.md", "The data job has no file b.md. portal jobs show lists its files."),
        ("a.md", "2 files of the data job are called a.md. Name the file by its id."),
    ):
        assert jobs("remove-files", job, name) == (1, "", f"Error: {why}\n")
    assert len(answer("show", job)["files"]) == 2


def test_what_failed_is_retried_all_of_it_or_by_name(jobs, answer, job) -> None:
    answer("add-files", job, "empty.md", "tool.exe", "handbook.md")
    assert jobs("retry", job, "tool.exe")[0] == 0
    assert states(answer("show", job)) == {"empty.md": "failed", "tool.exe": "queued", "handbook.md": None}
    assert jobs("retry", job) == (0, "2 of 3 files are still being processed.\n", "")
    assert states(answer("show", job)) == {"empty.md": "queued", "tool.exe": "queued", "handbook.md": None}


def test_waiting_for_a_retry(jobs, job, working) -> None:
    jobs("add-files", job, "tool.exe")
    status, _, err = jobs("retry", job, "--wait")
    assert (status, err.count("\n")) == (1, 1)
    assert err.startswith("tool.exe: ")


def test_what_has_not_failed_isnt_retried(jobs, answer, job) -> None:
    answer("add-files", job, "handbook.md")
    named = "Error: handbook.md has not failed, so it can't be retried.\n"
    assert jobs("retry", job, "handbook.md") == (1, "", named)
    assert jobs("retry", job) == (1, "", "Error: No file of this data job has failed. There is nothing to retry.\n")


def test_here_what_is_added_belongs_to_the_owner_of_the_job(app, users, command_here, desk) -> None:
    ann = users("operator", "ann@example.com")
    job = command_here("jobs", "create", "Handbooks", *TYPE, "--owner", ann.email, "--file", "handbook.md")[1].strip()
    browser = app.test_client().sign_in(ann)
    assert "handbook.md" in browser.get("/files/").text
    assert "command line" in browser.get(f"/jobs/{job}").text
