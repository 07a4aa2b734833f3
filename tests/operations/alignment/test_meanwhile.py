"""What others do just between two transactions of a piece of work."""

from __future__ import annotations

from typing import Any

import pytest

from portal.alignment import operations
from portal.alignment.engine.claims import claim_sources
from portal.alignment.engine.clearing import clear_ended
from portal.alignment.engine.generating import generate
from portal.errors import NotFound
from portal.extensions import db
from portal.files.storage import Storage
from tests.support.alignment_lab import AlignmentLab
from tests.support.meanwhile import after_commit_with

LINES = "".join(f"Word{number} is a word.\n" for number in range(6))


def with_pairs(lab: AlignmentLab) -> str:
    """A job that has all its pairs, and none of the last steps."""
    job = lab.job(LINES)
    batch = claim_sources(db.session, lab.context().by, 1)
    assert batch is not None
    generate(lab.context(), batch)
    assert len(lab.pairs(job)) == 6
    return job


def delete(lab: AlignmentLab, job: str) -> None:
    with lab.elsewhere():
        operations.delete(job, actor=lab.user)


def test_of_two_who_clear_up_the_slower_one_removes_nothing_of_a_job_that_came_after(
    alignment_lab: AlignmentLab,
) -> None:
    """SQLite gives the number of the last row that is gone to the next one."""
    operations.cancel(with_pairs(alignment_lab), actor=alignment_lab.user)
    later: list[str] = []

    def others_clear_and_go_on() -> None:
        with alignment_lab.elsewhere():
            clear_ended(db.session)
            later.append(with_pairs(alignment_lab))

    with after_commit_with("SELECT alignment_passages.id", others_clear_and_go_on):
        clear_ended(db.session)
    assert len(alignment_lab.pairs(later[0])) == 6


@pytest.mark.parametrize("change", ["edit", "revert", "drop"])
def test_who_changes_a_pair_of_what_is_deleted_just_then_is_told_so(alignment_lab: AlignmentLab, change: str) -> None:
    job = alignment_lab.job(LINES)
    alignment_lab.work()
    pair_id, user = alignment_lab.pairs(job)[0].id, alignment_lab.user
    if change == "revert":
        operations.edit_pair(job, pair_id, question="What?", answer="That.", actor=user)
    with after_commit_with("UPDATE alignment_jobs SET pairs_version", lambda: delete(alignment_lab, job)):
        if change == "drop":
            assert operations.drop_pairs(job, [pair_id], actor=user) == [pair_id]
            return
        with pytest.raises(NotFound):
            if change == "edit":
                operations.edit_pair(job, pair_id, question="What?", answer="That.", actor=user)
            else:
                operations.revert_pair(job, pair_id, actor=user)


def test_of_a_worker_that_dies_while_it_stores_files_of_what_is_deleted_nothing_stays(
    alignment_lab: AlignmentLab,
) -> None:
    class Dies(BaseException):
        pass

    class DiesAtTheTwin(Storage):
        def open(self, key: str, mode: str = "rb") -> Any:
            if key.endswith(".parquet"):
                raise Dies
            return super().open(key, mode)

    job = alignment_lab.job(LINES)
    with pytest.raises(Dies):
        alignment_lab.work(storage=DiesAtTheTwin(f"file://{alignment_lab.folder / 'files'}"))
    assert len(alignment_lab.stored()) == 1
    operations.cancel(job, actor=alignment_lab.user)
    operations.delete(job, actor=alignment_lab.user)
    alignment_lab.recover("one")
    assert alignment_lab.stored() == set()


def test_pairs_of_a_cancelled_job_go_though_the_queue_has_lost_the_task(alignment_lab: AlignmentLab) -> None:
    job = with_pairs(alignment_lab)
    operations.cancel(job, actor=alignment_lab.user)
    alignment_lab.empty_queue()
    alignment_lab.recover()
    alignment_lab.drain()
    assert alignment_lab.pairs(job) == []
    alignment_lab.recover()
    assert alignment_lab.tasks_waiting() == 0


def test_a_job_of_which_nobody_told_the_workers_is_begun_though_the_clock_was_set_back(
    alignment_lab: AlignmentLab,
) -> None:
    job = alignment_lab.job(LINES)
    alignment_lab.empty_queue()
    alignment_lab.write("UPDATE alignment_jobs SET status = 'pending', created_at = '2999-01-01 00:00:00.000000'")
    alignment_lab.end_pauses()
    alignment_lab.recover()
    alignment_lab.drain()
    assert alignment_lab.status(job) == "completed"
