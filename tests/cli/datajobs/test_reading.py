"""`portal jobs list` and `show`."""

from __future__ import annotations

from click.testing import CliRunner

from tests.cli.conftest import command, no_app
from tests.cli.datajobs.conftest import TYPE


def test_there_are_none(jobs, desk) -> None:
    assert jobs("list") == (0, "There are no such data jobs.\n", "")


def test_the_list_is_narrowed(jobs, answer, desk) -> None:
    jobs("create", "Handbooks", *TYPE, "--file", "handbook.md")
    jobs("create", "Rules", "--type", "principle_files", "--description", "Of the firm")

    def names(*words: str) -> list[str]:
        return [job["name"] for job in answer("list", *words)["data"]]

    assert names() == ["Rules", "Handbooks"]
    assert names("--status", "ready_to_start") == ["Handbooks"]
    assert names("--type", "principle_files") == ["Rules"]
    assert names("--search", "FIRM") == ["Rules"]
    assert names("--status", "completed") == []
    assert names("--page", "2") == []


def test_the_list_is_a_table(jobs, desk) -> None:
    job = jobs("create", "Handbooks", *TYPE, "--file", "handbook.md", "--file", "empty.md")[1].strip()
    head, row = jobs("list")[1].splitlines()
    assert head.split() == ["JOB", "NAME", "TYPE", "STATUS", "FILES", "USABLE", "FAILED"]
    assert row.split() == [job, "Handbooks", "context_grounded_files", "needs", "review", "2", "1", "1"]


def test_a_long_list_says_where_it_goes_on(jobs, bench) -> None:
    with bench() as lab:
        for _ in range(26):
            lab.job()
    assert jobs("list")[1].endswith("\nPage 1 of 2 (26 in all).\n")
    assert jobs("list", "--page", "2")[1].endswith("\nPage 2 of 2 (26 in all).\n")


def test_a_job_is_shown_with_its_files_and_what_to_do(jobs, answer, job) -> None:
    added = answer("add-files", job, "handbook.md", "note.txt", "empty.md")["files"]
    status, out, err = jobs("show", job)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[:3] == [
        f"Data job {job}: Handbooks",
        "Type: context_grounded_files",
        "Status: file processing. 1 of 3 files is still being processed.",
    ]
    assert lines[4].split() == ["FILE", "STATUS", "PLACE", "IN", "QUEUE", "SIZE", "ID"]
    assert lines[6].split() == ["note.txt", "queued", "1", "14", "bytes", added[1]["file_id"]]
    assert lines[-1] == f"empty.md: {added[2]['error_message']} {added[2]['suggested_fix']}"


def test_a_job_without_files_says_what_it_needs(jobs, job) -> None:
    out = jobs("show", job)[1]
    assert "Status: needs review. Add at least one file." in out
    assert out.endswith("It has no files.\n")


def test_what_people_write_cant_steer_the_terminal(jobs, desk) -> None:
    job = jobs("create", "Hand\x1b[2Jbooks", *TYPE, "--description", "one\ntwo\x07")[1].strip()
    assert jobs("show", job)[1].splitlines()[:3:2] == [f"Data job {job}: Hand [2Jbooks", "one two "]


def test_a_job_that_isnt_there(jobs, desk) -> None:
    for command_name, *more in (
        ("show",),
        ("start",),
        ("cancel",),
        ("retry",),
        ("remove-files", "handbook.md"),
        ("add-files", "handbook.md"),
    ):
        status, out, err = jobs(command_name, "dj-0", *more)
        assert (status, out, err.count("\n")) == (1, "", 1), command_name
        assert err.startswith("Error: There is no data job dj-0.")


def test_what_can_be_no_id_is_wrong_usage() -> None:
    status, _, err = command(CliRunner(), no_app)("jobs", "show", "../files")
    assert status == 2
    assert "is no data job" in err
