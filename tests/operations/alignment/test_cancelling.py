"""People cancel and delete: in every step, two at once, and nothing goes on or stays."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from io import BufferedWriter
from pathlib import Path
from typing import IO, Any

import pytest

from portal.alignment import operations
from portal.alignment.engine.parquet import write_twin
from portal.alignment.generating.pairs import Cancelled
from portal.alignment.lines import METADATA
from portal.errors import NotFound, WrongState
from portal.files.operations import delete_file
from portal.files.storage import Storage
from tests.support.alignment_lab import AlignmentLab, EveryLine
from tests.support.at_once import at_once
from tests.support.meanwhile import before_statement

LINES = "".join(f"Word{number} is a word.\n" for number in range(50))


def cancel(lab: AlignmentLab, job: str) -> None:
    with lab.elsewhere():
        operations.cancel(job, actor=lab.user)


def assert_nothing_is_left(lab: AlignmentLab, job: str) -> None:
    lab.work()  # whoever is woken clears up
    found = lab.find(job)
    assert (found.status, found.jsonl_file, found.parquet_file, found.worker) == ("cancelled", None, None, None)
    assert found.stopped_at
    assert lab.pairs(job) == []
    assert lab.rows("SELECT count(*) FROM alignment_passages") == [(0,)]
    assert lab.stored() == set()
    assert lab.in_hand() == []
    assert lab.events(job)[-1] == "Alignment Cancelled"
    lab.recover("one", "two")
    assert lab.status(job) == "cancelled"


def test_before_any_worker_began(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job(LINES)
    cancelled = operations.cancel(job, actor=alignment_lab.user)
    assert (cancelled.status, cancelled.user.email, len(cancelled.steps)) == ("cancelled", "al@example.com", 3)
    assert_nothing_is_left(alignment_lab, job)


def test_while_pairs_are_made(alignment_lab: AlignmentLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.alignment.engine.keeping.PAIRS", 10)
    job = alignment_lab.job(LINES, LINES)
    asked: list[float] = []

    def slowly(_name: str) -> None:
        if not asked:
            cancel(alignment_lab, job)
        asked.append(time.monotonic())
        time.sleep(0.05)

    alignment_lab.work(EveryLine(slowly))
    assert asked[-1] - asked[0] < 2
    assert_nothing_is_left(alignment_lab, job)


@pytest.mark.parametrize(
    "statement", ["SELECT training_pairs.id, training_pairs.position", "SELECT training_pairs.position"]
)
def test_while_duplicates_are_looked_for_or_lines_written(alignment_lab: AlignmentLab, statement: str) -> None:
    job = alignment_lab.job(LINES)
    with before_statement(statement, lambda: cancel(alignment_lab, job)):
        alignment_lab.work()
    assert_nothing_is_left(alignment_lab, job)


def test_while_their_twin_is_written(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "endless.jsonl")
    line = b'{"messages": [], "metadata": {}}\n' * 10_000

    def write() -> None:
        with suppress(BrokenPipeError), (tmp_path / "endless.jsonl").open("wb") as pipe:
            while True:
                pipe.write(line)

    threading.Thread(target=write, daemon=True).start()
    start = time.monotonic()
    with pytest.raises(Cancelled):
        write_twin(tmp_path / "endless.jsonl", tmp_path / "twin.parquet", METADATA, lambda: True)
    assert time.monotonic() - start < 2


def test_while_they_go_into_the_store(alignment_lab: AlignmentLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.alignment.engine.writing.BLOCK", 100)
    job = alignment_lab.job(LINES)
    blocks: list[float] = []

    class Slow(Storage):
        def open(self, key: str, mode: str = "rb") -> IO[bytes]:
            return SlowFile(super().open(key, mode)) if "w" in mode else super().open(key, mode)

    class SlowFile(BufferedWriter):
        def write(self, data: Any, /) -> int:
            if not blocks:
                cancel(alignment_lab, job)
            blocks.append(time.monotonic())
            time.sleep(0.05)
            return super().write(data)

    alignment_lab.work(storage=Slow(f"file://{alignment_lab.folder / 'files'}"))
    assert blocks[-1] - blocks[0] < 2
    assert len(blocks) < 20
    assert_nothing_is_left(alignment_lab, job)


def test_what_has_ended_cannot_be_cancelled(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job(LINES)
    alignment_lab.work()
    with pytest.raises(WrongState, match="is complete, so it can't be cancelled"):
        operations.cancel(job, actor=alignment_lab.user)
    other = alignment_lab.job(LINES)
    operations.cancel(other, actor=alignment_lab.user)
    with pytest.raises(WrongState, match="was cancelled already"):
        operations.cancel(other, actor=alignment_lab.user)
    assert alignment_lab.events(other) == ["Alignment Started", "Alignment Cancelled"]


def test_it_is_no_one_elses(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job(LINES)
    for role in ("operator", "auditor"):
        stranger = alignment_lab.someone(role, f"{role}@example.com")
        for act in (operations.cancel, operations.delete):
            with pytest.raises(NotFound):
                act(job, actor=stranger)
    assert operations.cancel(job, actor=alignment_lab.someone("admin", "ad@example.com")).status == "cancelled"


def test_of_two_who_cancel_at_once_one_is_told_that_it_is_cancelled(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job(LINES)
    refused = [
        answer
        for answer in at_once(alignment_lab.app, *[lambda: operations.cancel(job, actor=alignment_lab.user)] * 2)
        if isinstance(answer, WrongState)
    ]
    assert [str(answer) for answer in refused] == ["The making of training data was cancelled already."]
    assert alignment_lab.events(job) == ["Alignment Started", "Alignment Cancelled"]


def test_who_deletes_keeps_the_files(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job(LINES)
    with pytest.raises(WrongState, match="being made"):
        operations.delete(job, actor=alignment_lab.user)
    alignment_lab.work()
    file, twin = alignment_lab.file(job), alignment_lab.twin(job)
    with pytest.raises(WrongState, match="used by Alignment"):
        delete_file(file.id, actor=alignment_lab.user)
    operations.delete(job, actor=alignment_lab.user)
    with pytest.raises(NotFound):
        operations.delete(job, actor=alignment_lab.user)
    for table in ("alignment_jobs", "alignment_sources", "alignment_passages", "training_pairs", "alignment_steps"):
        assert alignment_lab.rows(f"SELECT count(*) FROM {table}") == [(0,)], table
    assert len(alignment_lab.stored()) == 2
    for one in (file, twin):
        delete_file(one.id, actor=alignment_lab.user)
    assert alignment_lab.stored() == set()


def test_of_two_who_delete_at_once_one_is_told_that_it_is_gone(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job(LINES)
    alignment_lab.work()
    answers = at_once(alignment_lab.app, *[lambda: operations.delete(job, actor=alignment_lab.user)] * 2)
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "NotFound"]
    assert alignment_lab.rows("SELECT count(*) FROM training_pairs") == [(0,)]


def test_deleted_while_its_files_are_written_again(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job(LINES)
    alignment_lab.work()
    before = alignment_lab.contents(alignment_lab.file(job)), alignment_lab.stored()
    file_id = alignment_lab.file(job).id
    alignment_lab.write("UPDATE alignment_jobs SET pairs_version = 1")

    def delete() -> None:
        with alignment_lab.elsewhere():
            operations.delete(job, actor=alignment_lab.user)

    with before_statement("SELECT training_pairs.position", delete):
        alignment_lab.work()
    assert (alignment_lab.path_of(file_id).read_bytes(), alignment_lab.stored()) == before
