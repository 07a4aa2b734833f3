"""`portal jobs start` and `cancel`."""

from __future__ import annotations

import json

import pytest

from tests.cli.datajobs.conftest import TYPE


@pytest.fixture
def ready(jobs, desk) -> str:
    """The id of a job that can be started."""
    return jobs("create", "Handbooks", *TYPE, "--file", "handbook.md")[1].strip()


def test_what_isnt_ready_is_refused_with_what_is_needed(jobs, job) -> None:
    assert jobs("start", job) == (1, "", "Error: The data job can't be started yet. Add at least one file.\n")


def test_starting(jobs, answer, ready) -> None:
    assert jobs("start", ready) == (0, "The training data waits until a worker has time for it.\n", "")
    assert answer("show", ready)["status"] in ("pending", "queued")
    assert [job["id"] for job in answer("list", "--status", "queued")["data"]] == [ready]


def test_waiting_tells_where_the_training_data_is(jobs, answer, ready, working) -> None:
    status, out, err = jobs("start", ready, "--wait")
    alignment = answer("show", ready)["alignment_job"]
    outputs, pairs = alignment["output_files"], alignment["pair_counts"]["kept"]
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == [file["id"] for file in outputs]
    assert err == f"Data job {ready}: completed, {pairs} pairs\n"
    shown = jobs("show", ready)[1]
    assert f"[##############################] 100 %  {pairs} pairs\n" in shown
    assert all(file["filename"] in shown for file in outputs)


def test_the_training_data_is_saved(jobs, desk, ready, working) -> None:
    status, out, _ = jobs("start", ready, "--output", "made/here")
    paths = out.splitlines()
    assert status == 0
    assert {path.rpartition(".")[2] for path in paths} == {"jsonl", "parquet"}
    [lines] = [(desk / path).read_text().splitlines() for path in paths if path.endswith(".jsonl")]
    assert lines
    assert [message["role"] for message in json.loads(lines[0])["messages"]] == ["system", "user", "assistant"]


def test_a_folder_that_cant_be(jobs, answer, ready) -> None:
    status, _, err = jobs("start", ready, "--output", "handbook.md")
    assert (status, err) == (1, "Error: handbook.md can't be made: File exists.\n")
    assert answer("show", ready)["status"] == "ready_to_start"


def test_waiting_tells_why_there_is_no_training_data(jobs, ready, desk, working, bench) -> None:
    with bench() as lab:
        for key in lab.stored():
            (lab.folder / "files" / key).unlink()
    status, out, err = jobs("start", ready, "--wait")
    assert (status, out) == (1, "")
    assert err.strip()


def test_cancelling(jobs, answer, ready) -> None:
    jobs("start", ready)
    status, out, err = jobs("cancel", ready)
    assert (status, err) == (0, "")
    assert out.startswith("It was cancelled")
    assert answer("show", ready)["status"] == "cancelled"


def test_cancelling_the_conversion(jobs, answer, job) -> None:
    jobs("add-files", job, "note.txt")
    assert jobs("cancel", job)[0] == 0
    assert answer("show", job)["files"][0]["status"] == "cancelled"


def test_nothing_to_cancel(jobs, job) -> None:
    status, out, err = jobs("cancel", job)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "nothing can be cancelled" in err
