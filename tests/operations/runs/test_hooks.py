"""Hooks of an importer: when they are called, what they may do to rows, and what becomes of what they raise."""

from __future__ import annotations

import pytest

from portal.extensions import huey
from portal.lifecycle import RunStatus
from portal.runs import operations
from portal.runs.engine import claims, recovery, staging
from tests.support.lab import SOMEONE, Lab, counts


@pytest.fixture
def lab(conduct_lab: Lab) -> Lab:
    return conduct_lab


def articles(lab: Lab) -> list[tuple]:
    return lab.rows("SELECT sku, name, price, code FROM articles ORDER BY sku")


def journal(lab: Lab) -> list[str]:
    return [entry for (entry,) in lab.rows("SELECT entry FROM journal ORDER BY entry")]


def start_named(lab: Lab, slug: str, content: str, name: str) -> int:
    return operations.start_run(slug, lab.keep(content, name), actor=SOMEONE).id


def test_before_row_changes_leaves_out_and_refuses_rows(lab: Lab) -> None:
    content = "sku,name,price\na,apple,1\nb,gone,2\nc,refused,3\nd,broken,4\ne,part,5\n"
    run = lab.run("before-row", content)
    assert (run.status, counts(run)) == (RunStatus.COMPLETED_WITH_ERRORS, (5, 2, 2, 1))
    assert articles(lab) == [("a", "APPLE", 1, "a before-row False"), ("e", "part", 7, None)]
    assert lab.failed_rows(run.id) == {
        3: "Nobody sells that. (refused)",
        4: "The importer's before_row raised ValueError. (no such thing)",
    }
    assert {group.suggested_fix for group in lab.groups(run.id) if group.field == "name"} == {"Sell it."}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wrong", "The importer's function didn't give a whole number for the price field."),
        ("key", "The importer's before_row changed the key 'sku', which must stay as it is."),
        ("unknown", "The importer's before_row raised KeyError. ('colour isn't a column to write')"),
        ("number", "The importer's before_row raised TypeError. (it must return the row, or None to leave it out)"),
    ],
)
def test_what_before_row_gives_must_be_the_row(lab: Lab, name: str, message: str) -> None:
    run = lab.run("before-row", f"sku,name,price\na,apple,1\nb,{name},2\nc,cherry,3\n")
    assert counts(run) == (3, 2, 1, 0)
    assert list(lab.failed_rows(run.id)) == [2]
    assert lab.failed_rows(run.id)[2].replace('"', "'") == message
    assert [sku for sku, *_ in articles(lab)] == ["a", "c"]


def test_a_hook_with_a_message_for_each_row_makes_few_groups(lab: Lab) -> None:
    lines = "".join(f"s{number:03},told\n" for number in range(240))
    run = lab.run("before-row", f"sku,name\n{lines}")
    assert counts(run) == (240, 0, 240, 0)
    assert len(lab.groups(run.id)) == 101
    assert lab.failed_rows(run.id)[1] == "s000 is told by itself."
    assert lab.failed_rows(run.id)[240] == "The importer's before_row refused the row. (s239 is told by itself.)"


def test_rows_that_a_hook_refused_are_retried(lab: Lab) -> None:
    run = lab.run("before-row", "sku,name\na,refused\nb,broken\n")
    lab.write("""UPDATE ingest_rows SET cells = '["a", "apple"]' WHERE row_number = 1""")
    retry = lab.retry(run.id)
    assert counts(retry) == (2, 1, 1, 0)
    assert lab.find(run.id).open_failures == 1


def test_a_dry_run_tells_its_hooks_and_keeps_nothing(lab: Lab) -> None:
    run = lab.run("before-row", "sku,name\na,apple\nb,gone\na,again\n", dry_run=True)
    assert (run.status, counts(run)) == (RunStatus.COMPLETED, (3, 2, 0, 1))
    assert articles(lab) == []


def test_a_dry_run_knows_that_a_row_was_left_out(lab: Lab) -> None:
    """The second row of the key is the first that goes in."""
    content = "sku,price\na,\nb,1\na,3\na,4\n"
    rehearsed, run = lab.run("chunks", content, dry_run=True), lab.run("chunks", content)
    assert counts(rehearsed) == counts(run) == (4, 2, 0, 2)
    assert lab.rows("SELECT sku, price FROM articles ORDER BY sku") == [("a", 6), ("b", 2)]


def test_after_row_is_called_for_rows_that_went_in(lab: Lab) -> None:
    lab.write("INSERT INTO articles (sku) VALUES ('there')")
    run = lab.run("after-row", "sku,price\na,1\nthere,2\nb,2000\nc,3\nc,4\n")
    assert counts(run) == (5, 2, 1, 2)
    assert journal(lab) == ["a", "c"]


@pytest.mark.parametrize("unlucky", [13, 14])
@pytest.mark.parametrize("places", [{0}, {5}, {0, 1, 9}, {2, 3, 7}, set(range(10))])
def test_a_row_for_which_after_row_raises_is_taken_back_alone(lab: Lab, unlucky: int, places: set[int]) -> None:
    rows = [f"s{place},{unlucky if place in places else place + 20}" for place in range(10)]
    run = lab.run("after-row", "sku,price\n" + "\n".join(rows))
    assert counts(run) == (10, 10 - len(places), len(places), 0)
    assert set(lab.failed_rows(run.id)) == {place + 1 for place in places}
    sound = [f"s{place}" for place in range(10) if place not in places]
    assert [sku for sku, *_ in articles(lab)] == journal(lab) == sound


def test_the_next_row_of_a_key_goes_in_where_after_row_refuses_the_first(lab: Lab) -> None:
    run = lab.run("after-row", "sku,price\na,13\nb,1\na,2\na,3\n")
    assert counts(run) == (4, 2, 1, 1)
    assert lab.rows("SELECT sku, price FROM articles ORDER BY sku") == [("a", 2), ("b", 1)]
    assert journal(lab) == ["a", "b"]


def test_after_row_in_a_dry_run_is_taken_back(lab: Lab) -> None:
    run = lab.run("after-row", "sku,price\na,1\nb,13\n", dry_run=True)
    assert counts(run) == (2, 1, 1, 0)
    assert (articles(lab), journal(lab)) == ([], [])


def test_chunk_hooks_see_their_chunk(lab: Lab) -> None:
    run = lab.run("chunks", "sku,price\na,1\nb,\nc,old\nd,2\ne,600\n")
    assert counts(run) == (5, 2, 2, 1)
    assert lab.rows("SELECT sku, price FROM articles ORDER BY sku") == [("a", 2), ("d", 4)]
    assert journal(lab) == ["a: 1 1 1", "d: 1 1 0"]


def test_what_after_chunk_raises_takes_the_chunk_back_and_ends_the_run(lab: Lab) -> None:
    run = lab.run("chunks", "sku,price\na,1\nb,2\nc,3\nd,0\n")
    assert run.status == RunStatus.FAILED
    assert run.error == "The importer's after_chunk raised ValueError: no price."
    assert (run.successful, len(articles(lab)), len(journal(lab))) == (3, 3, 1)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nothing", "must return the rows as a DataFrame that has the column _row."),
        ("more", "gave rows that it wasn't given."),
        ("column", "gave a column colour, which isn't one to write."),
        ("kind", "gave values of another kind: "),
        ("key", "changed the key of a row, which must stay as it is."),
    ],
)
def test_what_before_chunk_gives_must_be_the_rows(lab: Lab, name: str, told: str) -> None:
    run = lab.run("careless", f"sku,name\na,{name}\nb,{name}\n")
    assert (run.status, articles(lab)) == (RunStatus.FAILED, [])
    assert str(run.error).startswith(f"The importer's before_chunk {told}")


def test_run_hooks_are_called_once(lab: Lab) -> None:
    run = lab.run("runs", "sku,price\na,1\nb,2\nc,x\n")
    assert journal(lab) == ["after completed_with_errors 2 1", "before processing None"]
    assert not run.after_run_due


def test_a_dry_run_takes_back_what_its_run_hooks_wrote(lab: Lab) -> None:
    run = lab.run("runs", "sku,price\na,1\n", dry_run=True)
    assert (run.status, journal(lab), run.after_run_due) == (RunStatus.COMPLETED, [], False)


def test_what_before_run_raises_ends_the_run_before_any_row(lab: Lab) -> None:
    run_id = start_named(lab, "runs", "sku\na\n", "closed.csv")
    lab.drain()
    run = lab.find(run_id)
    assert (run.status, articles(lab)) == (RunStatus.FAILED, [])
    assert run.error == "The importer's before_run raised ValueError: closed on Sundays."
    assert journal(lab) == ["after failed 0 0"]


def test_what_after_run_raises_stands_in_the_timeline(lab: Lab) -> None:
    run_id = start_named(lab, "runs", "sku\na\n", "late.csv")
    lab.drain()
    assert (lab.find(run_id).status, len(articles(lab))) == (RunStatus.COMPLETED, 1)
    assert "The importer's after_run raised ValueError: too late." in lab.messages(run_id)
    assert journal(lab) == ["before processing None"]


def test_before_run_is_not_called_again_when_staging_begins_anew(lab: Lab) -> None:
    run_id = lab.start("runs", "sku\na\nb\nc\n")
    staging.stage_run(lab.context("dead"), run_id)
    lab.write("UPDATE ingest_runs SET staged_at = NULL")
    staging.stage_run(lab.context("other"), run_id)
    lab.drain()
    assert journal(lab) == ["after completed 3 0", "before processing None"]


def test_after_run_is_made_up_for_when_its_worker_dies(lab: Lab) -> None:
    run_id = lab.start("runs", "sku\na\n")
    staging.stage_run(lab.context(), run_id)
    while not lab.find(run_id).is_finished:
        huey.dequeue().execute()
    huey.flush()
    with lab.elsewhere():
        context = lab.context("dead")
        assert claims.claim_after_run(context.session, run_id, context.by)
    with lab.elsewhere():
        recovery.recover(lab.context("pulse"), gone_workers=["dead"], queue_is_empty=True)
    lab.drain()
    assert journal(lab) == ["after completed 1 0", "before processing None"]


def test_a_cancel_before_the_start_calls_no_hook(lab: Lab) -> None:
    run_id = lab.start("runs", "sku\na\n")
    operations.cancel_run(run_id, actor=SOMEONE)
    lab.drain()
    assert (lab.find(run_id).status, journal(lab)) == (RunStatus.CANCELLED, [])
