"""Retrying some of the failed rows: chosen ones, or those that failed alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.errors import BadInput, NothingToDo, WrongState
from portal.extensions import huey
from portal.lifecycle import RunStatus
from portal.runs.editing import edit_row
from portal.runs.engine import staging
from portal.runs.shapes import MOST_ROWS
from tests.support.lab import SOMEONE, Lab, counts
from tests.support.whole import Killed

GOODS = "sku,name,price\nA,,1\nB,bean,x\nC,,y\nd,date,4\nE,egg,5\nF,fig,z\n"
"""Row 1 and 3 have no name, 2, 3 and 6 a wrong price, 4 a wrong sku; 5 is good."""


@pytest.fixture
def run(lab: Lab) -> int:
    return lab.run("goods", GOODS).id


def mend(run_id: int, *numbers: int) -> None:
    """Let these rows pass."""
    for number in numbers:
        edit_row(run_id, number, {"sku": "ABCDEF"[number - 1], "name": "n", "price": "1"}, actor=SOMEONE)


def settled(lab: Lab, run_id: int) -> list[tuple[int, int]]:
    query = "SELECT row_number, settled_by_run_id FROM ingest_rows WHERE run_id = :run_id AND settled_by_run_id > 0"
    return lab.rows(f"{query} ORDER BY row_number", run_id=run_id)


def test_chosen_rows_alone_are_retried(lab: Lab, run: int) -> None:
    mend(run, 1, 2, 4)
    retry = lab.retry(run, rows=[4, 1])
    assert (retry.status, counts(retry), retry.source_text) == (
        RunStatus.COMPLETED,
        (2, 2, 0, 0),
        f"2 chosen rows of run {run}",
    )
    assert settled(lab, run) == [(1, retry.id), (4, retry.id)]
    assert lab.find(run).open_failures == 3
    assert lab.messages(retry.id)[0] == f"Retries 2 chosen rows of run {run}."
    assert f"2 chosen rows are retried as run {retry.id}." in lab.messages(run)


def test_a_group_alone_is_retried(lab: Lab, run: int) -> None:
    mend(run, 2, 3)
    retry = lab.retry(run, error="price.type")
    assert (counts(retry), retry.source_text) == ((3, 2, 1, 0), f"Failed rows of run {run} (price.type)")
    assert settled(lab, run) == [(2, retry.id), (3, retry.id)]
    like = "that failed like “The price field must be a whole number.”"
    assert lab.messages(retry.id)[0] == f"Retries the 3 open rows of run {run} {like}."
    assert f"3 rows {like} are retried as run {retry.id}." in lab.messages(run)
    again = lab.retry(run, error="price.type", dry_run=True)
    assert counts(again) == (1, 0, 1, 0)
    assert lab.messages(again.id)[0] == f"Retries the 1 open row of run {run} {like}."
    assert f"1 row {like} is retried as dry run {again.id}." in lab.messages(run)


def test_a_dry_run_of_a_choice_settles_nothing(lab: Lab, run: int) -> None:
    mend(run, 1)
    assert counts(lab.retry(run, rows=[1, 2], dry_run=True)) == (2, 1, 1, 0)
    assert counts(lab.retry(run, error="name.required", dry_run=True)) == (2, 1, 1, 0)
    assert settled(lab, run) == []
    assert lab.find(run).open_failures == 5


def test_without_a_choice_all_open_rows_are_retried(lab: Lab, run: int) -> None:
    assert lab.retry(run).total == 5


def test_rows_that_can_not_be_chosen_are_named(lab: Lab, run: int) -> None:
    wrong: list[tuple[Iterable[int], str]] = [
        ((), "Choose at least one row."),
        (range(1, MOST_ROWS + 2), "Choose at most 10,000 rows at once."),
        ((1, 5), f"Not an open failed row of run {run}: 5."),
        ((7, 8, 0, -1, 2**80, 9, 10), f"Not an open failed row of run {run}: -1, 0, 7, 8, 9 and 2 more."),
        (
            (*range(1, 5), *range(7, MOST_ROWS + 3)),
            f"Not an open failed row of run {run}: 7, 8, 9, 10, 11 and 9,991 more.",
        ),
    ]
    for rows, message in wrong:
        with pytest.raises(BadInput) as error:
            lab.begin_retry(run, rows=list(rows))
        assert error.value.errors == {"rows": [message]}
    assert huey.pending_count() == 0


def test_rows_that_were_brought_in_can_not_be_chosen(lab: Lab, run: int) -> None:
    mend(run, 1)
    lab.retry(run, rows=[1])
    with pytest.raises(BadInput, match=r"Not an open failed row of run \d+: 1\."):
        lab.begin_retry(run, rows=[1, 2])


def test_a_group_that_is_not_there_or_brought_in_is_refused(lab: Lab, run: int) -> None:
    with pytest.raises(BadInput) as error:
        lab.begin_retry(run, error="nothing")
    assert list(error.value.errors) == ["error"]
    mend(run, 4)
    lab.retry(run, rows=[4])
    with pytest.raises(NothingToDo, match="are brought in already"):
        lab.begin_retry(run, error="sku.pattern")


def test_rows_and_a_group_at_once_are_refused(lab: Lab, run: int) -> None:
    with pytest.raises(BadInput, match="not both"):
        lab.begin_retry(run, rows=[1], error="price.type")


def test_where_all_go_in_together_none_is_chosen(conduct_lab: Lab) -> None:
    run = conduct_lab.run("whole", "sku,price\nA,1\nB,x\n").id
    for choice in ({"rows": [2]}, {"error": "price.type"}):
        with pytest.raises(WrongState, match="takes all rows or none"):
            conduct_lab.begin_retry(run, **choice)
    assert conduct_lab.begin_retry(run)


def test_a_retry_of_a_retry_of_chosen_rows(lab: Lab, run: int) -> None:
    first = lab.retry(run, rows=[1, 2])
    mend(first.id, 2)
    second = lab.retry(first.id, error="price.type")
    assert counts(second) == (1, 1, 0, 0)
    assert settled(lab, run) == settled(lab, first.id) == [(2, second.id)]


@pytest.mark.parametrize("choice", [{"rows": list(range(2, 41, 2))}, {"error": "body.pattern"}], ids=["rows", "group"])
def test_staging_that_begins_anew_finds_the_same_rows(lab: Lab, choice: dict[str, Any]) -> None:
    """Also when rows of its first chunk are brought in, hence settled, already."""
    run = lab.run("notes", "body\n" + "wrong!\n" * 40 + "right\n").id
    for number in range(1, 41):
        edit_row(run, number, {"body": f"right {number}"}, actor=SOMEONE)
    retry = lab.begin_retry(run, **choice)
    with pytest.raises(Killed):
        staging.stage_run(lab.context("one", enqueue_chunk=die), retry)
    [first] = lab.chunk_ids(retry)
    lab.context().enqueue_chunk(first)
    lab.drain()
    assert len(settled(lab, run)) == 4
    lab.expire_leases()
    staging.stage_run(lab.context("two"), retry)
    lab.drain()
    chosen = choice.get("rows", list(range(1, 41)))
    assert counts(lab.find(retry)) == (len(chosen), len(chosen), 0, 0)
    assert settled(lab, run) == [(number, retry) for number in chosen]
    assert len(lab.rows("SELECT body FROM notes")) == len(chosen) + 1


def die(_chunk_id: int) -> None:
    raise Killed


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_exactly_the_chosen_rows_that_were_mended_are_settled(lab: Lab, data: st.DataObject) -> None:
    number = st.integers(1, 9)
    run = lab.run("notes", "body\n" + "wrong!\n" * 9).id
    before = len(lab.rows("SELECT * FROM notes"))
    mended = data.draw(st.sets(number))
    chosen = data.draw(st.sets(number, min_size=1))
    for row in mended:
        edit_row(run, row, {"body": "right"}, actor=SOMEONE)
    retry = lab.retry(run, rows=list(chosen))
    assert [row for row, _ in settled(lab, run)] == sorted(mended & chosen)
    assert counts(retry) == (len(chosen), len(mended & chosen), len(chosen - mended), 0)
    assert lab.find(run).open_failures == 9 - len(mended & chosen)
    assert len(lab.rows("SELECT * FROM notes")) - before == len(mended & chosen)
