"""`portal jobs create`."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import joinedload

from portal.datajobs.models import DataJob
from portal.extensions import db
from tests.cli.datajobs.conftest import TYPE


def test_it_prints_the_id_and_nothing_else(jobs, answer, desk) -> None:
    status, out, err = jobs("create", "Handbooks", *TYPE, "--description", "Of the firm")
    assert (status, err) == (0, "")
    found = answer("show", out.strip())
    assert (found["name"], found["job_type"], found["description"]) == (
        "Handbooks",
        "context_grounded_files",
        "Of the firm",
    )
    assert found["timeline"][0]["event_type"] == "Created"


def test_texts_come_from_the_words_or_from_files(answer, desk) -> None:
    (desk / "prompt.txt").write_text("\ufeffYou know the house rules.\n", encoding="utf-8")
    words = ("--system-prompt-file", "prompt.txt", "--instructions", "Ask about leave.")
    made = answer("create", "Rules", "--type", "principle_files", *words)
    assert made["system_prompt"].strip() == "You know the house rules."
    assert made["instructions"] == "Ask about leave."


def test_files_are_put_in_at_once(jobs, answer, desk) -> None:
    status, out, err = jobs("create", "Handbooks", *TYPE, "--file", "handbook.md", "--file", "note.txt")
    assert (status, err, out.count("\n")) == (0, "", 1)
    files = answer("show", out.strip())["files"]
    assert [(file["name"], file["status"]) for file in files] == [("handbook.md", None), ("note.txt", "queued")]


def test_what_cant_be_read_is_told_before_anything_is_made(jobs, answer, desk) -> None:
    (desk / "bytes").write_bytes(b"\xff\xfe\xfd")
    for words, why in {
        ("--file", "nothing.pdf"): "nothing.pdf can't be read: No such file or directory.",
        ("--file", "."): ". can't be read: Is a directory.",
        ("--file", "/dev/null"): "/dev/null is no file.",
        ("--instructions-file", "nothing.txt"): "nothing.txt can't be read: No such file or directory.",
        ("--instructions-file", "bytes"): "bytes is no text in UTF-8.",
    }.items():
        status, out, err = jobs("create", "Handbooks", *TYPE, *words)
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert why in err
    assert answer("list")["total"] == 0


def test_words_that_are_no_text_are_refused(jobs, job, desk) -> None:
    """What a shell gives that isn't UTF-8 comes as halves of surrogate pairs (https://peps.python.org/pep-0383/)."""
    no_text = "caf\udce9"
    for words in (
        ("create", no_text, *TYPE),
        ("create", "Handbooks", *TYPE, "--instructions", no_text),
        ("list", "--search", no_text),
        ("remove-files", job, no_text),
        ("add-files", job, no_text),
    ):
        status, out, err = jobs(*words)
        assert (status, out, err.count("\n")) == (1, "", 1), (words, err)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("Handbooks",), "Missing option '--type'"),
        (("Handbooks", "--type", "vector"), "'vector' is not one of"),
        (("Handbooks", *TYPE, "--instructions", "a", "--instructions-file", "note.txt"), "not both"),
        (("Handbooks", *TYPE, "--method", "quick"), "'quick' is not one of"),
    ],
)
def test_wrong_usage(command_here, desk, words, why) -> None:
    status, out, err = command_here("jobs", "create", *words)
    assert (status, out) == (2, "")
    assert why in err


def test_what_the_portal_refuses_is_told_in_a_line(jobs, desk) -> None:
    for name in (" ", "x" * 256):
        status, out, err = jobs("create", name, *TYPE)
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert "name: " in err


def test_here_it_belongs_to_whom_it_is_said_or_to_the_first_administrator(app, users, command_here) -> None:
    refused = command_here("jobs", "create", "Handbooks", *TYPE)
    assert refused == (
        1,
        "",
        "Error: There is no administrator whose the data job could be. Say whose: --owner EMAIL.\n",
    )
    users("operator", "ann@example.com")
    users("admin", "ada@example.com")
    made = [
        command_here("jobs", "create", "Handbooks", *TYPE, *words)[1].strip()
        for words in ((), ("--owner", "Ann@example.com"))
    ]
    with app.app_context():
        found = [db.session.get_one(DataJob, job_id, options=[joinedload(DataJob.user)]) for job_id in made]
        assert [job.user.email for job in found] == ["ada@example.com", "ann@example.com"]


def test_nobody_of_that_name(command_here) -> None:
    status, _, err = command_here("jobs", "create", "Handbooks", *TYPE, "--owner", "no@example.com")
    assert (status, err) == (1, "Error: There is no account for no@example.com.\n")


def test_elsewhere_it_belongs_to_the_owner_of_the_token(command_elsewhere) -> None:
    status, _, err = command_elsewhere("jobs", "create", "Handbooks", *TYPE, "--owner", "ann@example.com")
    assert (status, err.count("\n")) == (2, 1)
    assert "leave --owner out" in err
