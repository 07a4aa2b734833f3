"""Editing failed rows: who may, what is kept of it, and who comes second."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from portal import timeline
from portal.accounts.models import User
from portal.errors import BadInput, NotFound, PortalError, WrongState
from portal.extensions import db
from portal.lifecycle import RunStatus
from portal.runs import queries
from portal.runs.editing import LONGEST_CELL, EditedMeanwhile, EditedRow, check_row, edit_row
from portal.runs.queries import KeptRow
from tests.support.at_once import at_once
from tests.support.lab import SOMEONE, Lab, counts

GOODS = "sku,name,price\nA,apple,1\nB,,2\nc,cherry,x\n"
"""Rows 2 and 3 fail, the third for its sku and its price."""

ANN = SimpleNamespace(id=None, email="ann@example.com")
BEN = SimpleNamespace(id=None, email="ben@example.com")


@pytest.fixture
def run(lab: Lab) -> int:
    return lab.run("goods", GOODS).id


def edit(run_id: int, number: int, actor: Any = ANN, version: str | None = None, **cells: str) -> EditedRow:
    return edit_row(run_id, number, cells, actor=actor, version=version)


def row_of(lab: Lab, run_id: int, number: int) -> KeptRow:
    found = queries.find_row(lab.find(run_id), number)
    assert found is not None
    return found


def edits(run_id: int) -> list[timeline.Event]:
    return [event for event in timeline.events_of(db.session, "run", run_id) if event.event_type == "Row Edited"]


def test_an_edited_row_goes_in_with_its_new_cells(lab: Lab, run: int) -> None:
    edited = edit(run, 2, name="berry")
    assert (edited.before, edited.after, edited.check.passes) == ({"name": ""}, {"name": "berry"}, True)
    assert edited.row.data == {"sku": "B", "name": "berry", "price": "2"}
    assert edited.row.edited_at is not None
    retry = lab.retry(run)
    assert counts(retry) == (2, 1, 1, 0)
    assert lab.rows("SELECT name FROM goods WHERE sku = 'B'") == [("berry",)]
    assert row_of(lab, run, 2).settled_by_run_id == retry.id


def test_an_edit_is_checked_at_once(run: int) -> None:
    check = edit(run, 3, sku="C").check
    assert not check.passes
    assert [(failure.key, failure.field, failure.value) for failure in check.failures] == [("price.type", "price", "x")]
    assert check.errors == {"price": ["The price field must be a whole number."]}
    assert edit(run, 3, price="3").check.passes


def test_the_timeline_says_who_changed_what(lab: Lab, run: int) -> None:
    edit(run, 3, sku="C", price="3")
    [event] = edits(run)
    assert event.message == "Row 3: sku “c” → “C”; price “x” → “3”."
    assert event.actor_label == "ann@example.com"
    changes = {"before": {"sku": "c", "price": "x"}, "after": {"sku": "C", "price": "3"}}
    assert event.details == {"row_number": 3, **changes}
    edit(run, 2, name="b" * 50 + "\n")
    assert edits(run)[1].message == f"Row 2: name empty → “{'b' * 39}…”."


def test_an_edit_that_changes_nothing_is_no_event(lab: Lab, run: int) -> None:
    before = row_of(lab, run, 3)
    edited = edit(run, 3, version=before.version, sku="c", price="x")
    assert (edited.before, edited.after, edited.row) == ({}, {}, before)
    assert edit_row(run, 3, {}, actor=ANN).row.edited_at is None
    assert edits(run) == []


def test_only_the_changed_cells_are_told(run: int) -> None:
    assert edit(run, 3, sku="c", price="3").after == {"price": "3"}


def test_cells_that_can_not_be_kept_change_nothing(lab: Lab, run: int) -> None:
    no_text = "Give the cell as a text; an empty one is “”."
    not_kept = "It has characters that no database keeps: NUL, or half of a pair."
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"colour": "red"}, "The file has no such header."),
        ({"price": 3}, no_text),
        ({"price": None}, no_text),
        ({"price": "3" * (LONGEST_CELL + 1)}, "Write at most 100,000 characters."),
        ({"price": "\0"}, not_kept),
        ({"price": "\ud800"}, not_kept),
    ]
    for cells, message in wrong:
        for refused in (partial(edit, run, 3, sku="C", **cells), partial(check_row, lab.find(run), 3, cells)):
            with pytest.raises(BadInput) as error:
                refused()
            assert error.value.errors == {header: [message] for header in cells}
    assert row_of(lab, run, 3).data["sku"] == "c"


def test_rows_that_are_not_kept_are_not_there(run: int) -> None:
    for number in (0, 1, 99, 2**63, -1):
        with pytest.raises(NotFound, match=f"Run {run} keeps no row {number:,}."):
            edit(run, number, sku="C")


def test_runs_of_others_are_not_there(lab: Lab, run: int, users: Callable[..., Any]) -> None:
    ann, ben = users("operator", "ann@example.com"), users("operator", "ben@example.com")
    auditor = users("auditor")
    lab.write("UPDATE ingest_runs SET user_id = :id", id=ann.id)
    for person in (ben, auditor):
        with pytest.raises(NotFound, match=f"There is no run {run}."):
            edit(run, 3, db.session.get_one(User, person.id), sku="C")
    assert edit(run, 3, db.session.get_one(User, ann.id), sku="C").after == {"sku": "C"}


def test_a_row_that_was_brought_in_stays_as_it_is(lab: Lab, run: int) -> None:
    edit(run, 2, name="berry")
    retry = lab.retry(run).id
    with pytest.raises(WrongState, match=f"Row 2 can't be edited any more: run {retry} has brought it in."):
        edit(run, 2, name="other")
    assert edit(run, 3, sku="C").after == {"sku": "C"}


def test_a_row_that_went_in_can_not_be_edited(conduct_lab: Lab) -> None:
    run = conduct_lab.run("kept", "sku,price\nA,1\nB,x\n")
    with pytest.raises(WrongState, match="Row 1 didn't fail"):
        edit(run.id, 1, price="2")


def test_nothing_is_edited_while_a_run_of_the_family_is_at_work(lab: Lab, run: int) -> None:
    retry = lab.begin_retry(run)
    with pytest.raises(WrongState, match=f"Run {retry} is retrying these rows already"):
        edit(run, 2, name="berry")
    lab.drain()
    with pytest.raises(WrongState, match="was a dry run"):
        edit(lab.retry(run, dry_run=True).id, 2, name="berry")
    lab.write("UPDATE ingest_runs SET status = 'processing' WHERE id = :id", id=run)
    with pytest.raises(WrongState, match="still at work"):
        edit(run, 2, name="berry")


def test_the_second_of_two_is_told_what_the_first_has_done(lab: Lab, run: int) -> None:
    seen = row_of(lab, run, 3).version
    edit(run, 3, ANN, seen, price="3")
    with pytest.raises(EditedMeanwhile) as error:
        edit(run, 3, BEN, seen, price="4")
    assert error.value.detail == "ann@example.com changed this row just now. Row 3: price “x” → “3”."
    assert error.value.errors == {"price": ["ann@example.com changed it to “3”."]}
    assert (error.value.before, error.value.after) == ({"price": "x"}, {"price": "3"})
    assert error.value.row.data["price"] == "3"
    assert edit(run, 3, BEN, error.value.row.version, price="4").row.data["price"] == "4"
    assert [event.actor_label for event in edits(run)] == ["ann@example.com", "ben@example.com"]


def test_without_a_version_the_last_one_counts(lab: Lab, run: int) -> None:
    edit(run, 3, ANN, price="3")
    assert edit(run, 3, BEN, price="4").before == {"price": "3"}


@pytest.mark.parametrize("turn", range(2))
def test_of_two_at_the_same_moment_one_is_told(lab: Lab, run: int, turn: int) -> None:
    seen = row_of(lab, run, 3).version
    found = at_once(lab.app, lambda: edit(run, 3, ANN, seen, price="3"), lambda: edit(run, 3, BEN, seen, price="4"))
    assert sorted(type(result) for result in found if isinstance(result, PortalError)) == [EditedMeanwhile]
    [kept] = [result for result in found if isinstance(result, EditedRow)]
    assert row_of(lab, run, 3).data["price"] == kept.after["price"]
    assert [event.details["after"] for event in edits(run)] == [kept.after]


@pytest.mark.parametrize("turn", range(2))
def test_an_edit_against_a_retry_that_starts_comes_before_it_or_not_at_all(lab: Lab, run: int, turn: int) -> None:
    edited, retry = at_once(lab.app, lambda: edit(run, 2, name="berry"), lambda: lab.begin_retry(run))
    assert isinstance(retry, int)
    lab.drain()
    went_in = lab.rows("SELECT name FROM goods WHERE sku = 'B'")
    assert went_in == ([] if isinstance(edited, WrongState) else [("berry",)])


def test_an_edit_is_in_every_run_in_which_the_row_is_open(lab: Lab, run: int) -> None:
    again = lab.retry(run).id
    edited = edit(run, 2, name="berry")
    assert row_of(lab, again, 2).version == edited.row.version
    assert lab.events(again)[-1] == "Row Edited"
    retry = lab.retry(again, rows=[2])
    assert row_of(lab, run, 2).settled_by_run_id == retry.id
    assert lab.rows("SELECT name FROM goods WHERE sku = 'B'") == [("berry",)]


def test_a_malformed_line_is_replaced_by_its_cells(lab: Lab) -> None:
    run = lab.run("goods", "sku,name,price\nA,apple,1\nB,b,2,3\nC,c,3,4\n").id
    assert row_of(lab, run, 2).data == {"sku": "B", "name": "b", "price": "2,3"}
    assert edit(run, 2, price="2").check.passes
    assert edit(run, 3, price="3,4").check.errors == {"price": ["The price field must be a whole number."]}
    assert edits(run)[1].message == "Row 3: the malformed line is taken as the cells that were read from it."
    retry = lab.retry(run)
    assert counts(retry) == (2, 1, 1, 0)
    assert lab.failed_rows(retry.id) == {3: "The price field must be a whole number. (3,4)"}


def test_cells_that_spreadsheets_run_are_kept_as_they_are(lab: Lab) -> None:
    run = lab.run("notes", "body\nwrong!\n").id
    formula = '=HYPERLINK("http://example.com","x")\t\'=1+1'
    edit(run, 1, body=formula)
    assert formula.replace('"', '""') in lab.download(run), "guarded by an apostrophe in front, which comes off again"
    assert lab.retry(run).status == RunStatus.COMPLETED
    assert lab.rows("SELECT body FROM notes") == [(formula,)]


def test_headers_may_be_anything(lab: Lab) -> None:
    odd = 'a "b", <c> & ünï'
    run = lab.run("goods", f'sku,name,"{odd.replace(chr(34), chr(34) * 2)}"\nA,,x\n').id
    edited = edit_row(run, 1, {odd: "y", "name": "apple"}, actor=ANN)
    assert edited.row.data == {"sku": "A", "name": "apple", odd: "y"}
    assert edits(run)[0].details["after"] == {odd: "y", "name": "apple"}


def test_a_check_keeps_nothing(lab: Lab, run: int) -> None:
    assert check_row(lab.find(run), 2, {"name": "berry"}).passes
    assert not check_row(lab.find(run), 2, {}).passes
    assert row_of(lab, run, 2).data["name"] == ""
    with pytest.raises(NotFound):
        check_row(lab.find(run), 1, {})


def test_a_check_that_can_not_be_made_says_why(lab: Lab) -> None:
    run = lab.run("orders", "id,sku\n1,A\n")
    lab.write("DROP TABLE goods")
    edited = edit(run.id, 1, sku="B")
    assert edited.row.data["sku"] == "B"
    assert not edited.check.passes
    assert edited.check.errors == {"row": ["The database has no table called goods."]}
    lab.write("UPDATE ingest_runs SET importer = 'gone'")
    check = check_row(lab.find(run.id), 1, {})
    assert check.unchecked is not None
    assert "no importer called gone" in check.unchecked.detail


def test_rows_of_an_all_or_nothing_run_are_edited_and_go_in_with_all_others(conduct_lab: Lab) -> None:
    run = conduct_lab.run("whole", "sku,price\nA,1\nB,\nC,x\n")
    assert run.status == RunStatus.FAILED
    edit(run.id, 3, price="3")
    assert conduct_lab.retry(run.id).status == RunStatus.COMPLETED
    assert conduct_lab.rows("SELECT sku, price FROM articles ORDER BY sku") == [("A", 1), ("B", None), ("C", 3)]


def test_a_timeline_of_many_edits_is_read_in_pages(lab: Lab, run: int) -> None:
    for number in range(120):
        timeline.record(db.session, "run", run, "Row Edited", f"edit {number}", actor=SOMEONE, row_number=2**40)
    db.session.commit()
    newest = timeline.events_of(db.session, "run", run, limit=2)
    assert [event.message for event in newest] == ["edit 118", "edit 119"]
    page = timeline.events_page(db.session, "run", run, 2)
    total = len(timeline.events_of(db.session, "run", run))
    assert (page.total, page.pages, page.items[0].message) == (total, 3, "edit 69")
    edited = queries.last_edit(run, 2**40)
    assert edited is not None
    assert edited.message == "edit 119"
