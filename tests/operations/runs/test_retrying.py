"""Retrying: only the rows that failed, under their old numbers, and never a row twice."""

from __future__ import annotations

import pytest

from portal.errors import NothingToDo, WrongState
from portal.extensions import huey
from portal.lifecycle import RunStatus
from portal.runs import operations
from tests.support.lab import SOMEONE, Lab, counts

ORDERS = "id,sku\n1,A\n2,B\n3,C\n4,A\n5,B\n"


@pytest.fixture
def parent(lab: Lab) -> int:
    """A run of five orders, of which 2, 3 and 5 failed since B and C weren't there."""
    lab.write("INSERT INTO goods VALUES ('A', 'apple', 1)")
    run = lab.run("orders", ORDERS)
    assert sorted(lab.failed_rows(run.id)) == [2, 3, 5]
    return run.id


def bring(lab: Lab, sku: str) -> None:
    lab.write("INSERT INTO goods VALUES (:sku, 'x', 1)", sku=sku)


def test_a_retry_takes_the_failed_rows_and_keeps_their_numbers(lab: Lab, parent: int) -> None:
    bring(lab, "B")
    retry = lab.retry(parent)
    assert (retry.retried_from_run_id, retry.file_id) == (parent, None)
    assert (retry.status, counts(retry)) == (RunStatus.COMPLETED_WITH_ERRORS, (3, 2, 1, 0))
    assert list(lab.failed_rows(retry.id)) == [3]
    assert lab.rows("SELECT id FROM orders ORDER BY id") == [(1,), (2,), (4,), (5,)]


def test_rows_that_went_in_are_settled_in_the_parent(lab: Lab, parent: int) -> None:
    bring(lab, "B")
    retry = lab.retry(parent)
    assert (lab.find(parent).failed, lab.find(parent).open_failures) == (3, 1)
    assert list(lab.failed_rows(parent)) == [3]
    settled = lab.rows("SELECT row_number FROM ingest_rows WHERE settled_by_run_id = :id", id=retry.id)
    assert settled == [(2,), (5,)]


def test_a_chain_of_retries_settles_all_ancestors(lab: Lab, parent: int) -> None:
    first = lab.retry(parent)
    bring(lab, "B")
    second = lab.retry(first.id)
    bring(lab, "C")
    third = lab.retry(second.id)
    assert third.status == RunStatus.COMPLETED
    assert [lab.find(run_id).open_failures for run_id in (parent, first.id, second.id)] == [0, 0, 0]
    with pytest.raises(NothingToDo):
        lab.retry(parent)


def test_a_retry_of_the_parent_settles_the_earlier_retry_too(lab: Lab, parent: int) -> None:
    """Else the same rows could be brought in a second time from there."""
    first = lab.retry(parent)
    bring(lab, "B")
    lab.retry(parent)
    assert list(lab.failed_rows(first.id)) == [3]
    assert lab.find(first.id).open_failures == 1


def test_nothing_to_retry_is_said(lab: Lab) -> None:
    run = lab.run("notes", "body\nfine\n")
    with pytest.raises(NothingToDo, match="no failed rows left"):
        lab.retry(run.id)


def test_two_retries_of_the_same_rows_can_not_be_at_work(lab: Lab, parent: int) -> None:
    finished = lab.retry(parent)
    active = lab.begin_retry(parent)
    for run_id in (parent, finished.id):
        with pytest.raises(WrongState, match=f"Run {active} is retrying these rows already"):
            lab.begin_retry(run_id)
    lab.drain()
    lab.begin_retry(finished.id)
    with pytest.raises(WrongState, match="retrying these rows already"):
        lab.begin_retry(parent)


def test_an_active_run_can_not_be_retried(lab: Lab) -> None:
    run_id = lab.start("notes", "body\nwrong!\n")
    with pytest.raises(WrongState, match="still at work"):
        lab.begin_retry(run_id)


def test_a_dry_run_can_not_be_retried(lab: Lab) -> None:
    run = lab.run("notes", "body\nwrong!\n", dry_run=True)
    with pytest.raises(WrongState, match="was a dry run"):
        lab.begin_retry(run.id)


def test_a_dry_retry_settles_nothing_and_writes_nothing(lab: Lab, parent: int) -> None:
    bring(lab, "B")
    retry = lab.retry(parent, dry_run=True)
    assert (retry.dry_run, counts(retry)) == (True, (3, 2, 1, 0))
    assert lab.find(parent).open_failures == 3
    assert len(lab.rows("SELECT * FROM orders")) == 2
    assert counts(lab.retry(parent)) == (3, 2, 1, 0)


def test_a_cancelled_run_can_be_retried(lab: Lab) -> None:
    run = lab.run("notes", "body\nwrong!\n")
    lab.write("UPDATE ingest_runs SET status = 'cancelled'")
    assert lab.retry(run.id).failed == 1


def test_malformed_lines_fail_again_with_the_same_words(lab: Lab) -> None:
    run = lab.run("goods", "sku,name\nA,apple\nB,b,b\n")
    retry = lab.retry(run.id)
    assert lab.failed_rows(retry.id) == lab.failed_rows(run.id)


def test_skipped_rows_count_as_settled(lab: Lab) -> None:
    run = lab.run("goods-once", "sku,name\nA,\n")
    lab.write("INSERT INTO goods VALUES ('A', 'apple', 1)")
    lab.write("""UPDATE ingest_rows SET cells = '["A", "apple"]'""")
    assert counts(lab.retry(run.id)) == (1, 0, 0, 1)
    assert lab.find(run.id).open_failures == 0


def test_retries_of_many_chunks_keep_order_and_counts(lab: Lab) -> None:
    run = lab.run("notes", "body\n" + "wrong!\nright\n" * 20)
    retry = lab.retry(run.id)
    assert counts(retry) == (20, 0, 20, 0)
    assert list(lab.failed_rows(retry.id)) == list(range(1, 41, 2))


def test_both_timelines_tell_of_the_retry(lab: Lab, parent: int) -> None:
    retry_id = lab.begin_retry(parent)
    assert lab.messages(parent)[-1] == f"3 failed rows are retried as run {retry_id}."
    assert lab.messages(retry_id) == [f"Retries 3 failed rows of run {parent}."]


def test_the_retry_is_committed_before_it_is_enqueued(lab: Lab, parent: int) -> None:
    retry_id = lab.begin_retry(parent)
    assert huey.pending_count() == 1
    with lab.elsewhere():
        assert lab.find(retry_id).status == RunStatus.PENDING
    assert operations.cancel_run(retry_id, actor=SOMEONE).status == RunStatus.CANCELLED
