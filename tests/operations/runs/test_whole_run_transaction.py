"""All or nothing: a run of such an importer brings in the whole file at once, or nothing of it."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from portal.errors import WrongState
from portal.lifecycle import RunStatus
from portal.runs import operations, queries
from portal.runs.engine import claims, whole_run
from portal.runs.engine.writing import Judged
from tests.support.lab import SOMEONE, Lab, counts
from tests.support.whole import ONE_FAILS, ROWS, Killed, check_rows, how_many, is_all_in, recover


@pytest.fixture
def lab(conduct_lab: Lab) -> Lab:
    return conduct_lab


@pytest.mark.parametrize("seed", range(4))
def test_all_rows_go_in_where_none_fails(lab: Lab, seed: int) -> None:
    run_id = lab.start("whole", ROWS)
    lab.drain(random.Random(seed))
    assert is_all_in(lab, run_id)
    assert lab.events(run_id)[-2:] == ["Checked", "Completed"]


def test_nothing_is_in_or_counted_before_all_is_checked(lab: Lab) -> None:
    run = lab.find(check_rows(lab))
    assert (run.status, counts(run), how_many(lab)) == (RunStatus.PROCESSING, (10, 0, 0, 0), 0)
    assert (run.progress.percent, run.progress.processed) == (100, 0)
    assert run.progress.text.startswith("10 of 10 rows checked")


@pytest.mark.parametrize("seed", range(4))
def test_nothing_goes_in_where_a_row_fails(lab: Lab, seed: int) -> None:
    run_id = lab.start("whole", ONE_FAILS)
    lab.drain(random.Random(seed))
    run = lab.find(run_id)
    assert (run.status, counts(run), how_many(lab)) == (RunStatus.FAILED, (10, 0, 1, 9), 0)
    assert run.error == "1 row failed, so nothing was imported: this importer takes all rows of a file or none."
    assert list(lab.failed_rows(run_id)) == [6]
    assert [group.distinct_values for group in lab.groups(run_id)] == [1]


def test_a_row_that_only_the_others_break_takes_all_back(lab: Lab) -> None:
    """Two rows in different chunks have the same code: each goes in by itself."""
    lines = [f"s{number},{number},{'same' if number in (1, 8) else number}" for number in range(10)]
    run = lab.run("whole", "sku,price,code\n" + "\n".join(lines))
    assert (run.status, counts(run), how_many(lab)) == (RunStatus.FAILED, (10, 0, 1, 9), 0)
    assert lab.failed_rows(run.id) == {9: "The table has a row with the same code already."}


def test_a_key_that_comes_again_fails(lab: Lab) -> None:
    run = lab.run("whole", ROWS + "s01,1\n")
    assert (counts(run), how_many(lab)) == ((11, 0, 1, 10), 0)


def test_rows_whose_key_is_there_are_left_out(lab: Lab) -> None:
    lab.write("INSERT INTO articles (sku) VALUES ('s03')")
    run = lab.run("whole-once", ROWS + "s01,77\n")
    assert (run.status, counts(run)) == (RunStatus.COMPLETED, (11, 9, 0, 2))
    skipped = [row.row_number for row in queries.rows_of(run, status="skipped").items]
    assert (skipped, queries.rows_of(run).total) == ([4, 11], 11)
    assert how_many(lab, "journal") == 9, "what the hook wrote while rows were checked is taken back"


def test_all_rows_are_kept_of_a_run_that_brought_nothing_in(lab: Lab) -> None:
    run = lab.run("whole-once", ONE_FAILS)
    assert (counts(run), how_many(lab), how_many(lab, "journal")) == ((10, 0, 1, 9), 0, 0)
    assert [row.status for row in queries.rows_of(run).items].count("skipped") == 9


def test_a_retry_takes_the_whole_file_with_the_mended_rows(lab: Lab) -> None:
    run = lab.run("whole", ONE_FAILS.replace("s08,8", "s08,-1"))
    lab.write("""UPDATE ingest_rows SET cells = '["s05", "5"]' WHERE row_number = 6""")
    again = lab.retry(run.id)
    assert (again.status, counts(again)) == (RunStatus.FAILED, (10, 0, 1, 9))
    lab.write('UPDATE ingest_rows SET cells = \'["s08", "8"]\' WHERE run_id = :id', id=again.id)
    last = lab.retry(again.id)
    assert is_all_in(lab, last.id)
    assert lab.rows("SELECT price FROM articles WHERE sku IN ('s05', 's08') ORDER BY sku") == [(5,), (8,)]
    assert lab.find(run.id).open_failures == lab.find(again.id).open_failures == 0
    assert lab.messages(last.id)[0] == f"Retries all rows of run {again.id}, of which 1 failed."


def test_a_line_that_could_not_be_read_is_kept_in_a_retry(lab: Lab) -> None:
    run = lab.run("whole", ROWS + "s10,10,and,more\n")
    again = lab.retry(run.id)
    assert counts(run) == counts(again) == (11, 0, 1, 10)


def test_the_failed_rows_alone_can_not_correct_it(lab: Lab) -> None:
    run = lab.run("whole", ONE_FAILS)
    with pytest.raises(WrongState, match="all rows or none"):
        lab.correct(run.id, lab.download(run.id).replace("five", "5"))


def test_a_dry_run_tells_what_would_fail(lab: Lab) -> None:
    run = lab.run("whole", ONE_FAILS, dry_run=True)
    assert (run.status, counts(run), how_many(lab)) == (RunStatus.COMPLETED_WITH_ERRORS, (10, 9, 1, 0), 0)
    assert lab.messages(run.id)[-1].endswith("All rows or none go in, so it would be none.")
    assert counts(lab.run("whole", ROWS, dry_run=True)) == (10, 10, 0, 0)
    assert how_many(lab) == 0


def test_it_stops_early_where_too_many_rows_fail(lab: Lab) -> None:
    run = lab.run("whole-or-stop", ROWS.replace(",1\n", ",x\n").replace(",2\n", ",x\n"))
    assert (run.status, run.failed, run.successful, how_many(lab)) == (RunStatus.FAILED, 2, 0, 0)
    assert run.error == "Stopped after 2 failed rows, since the importer takes at most 1; nothing was imported."


def test_a_cancel_before_the_writing_leaves_nothing(lab: Lab) -> None:
    run_id = check_rows(lab)
    operations.cancel_run(run_id, actor=SOMEONE)
    whole_run.write_whole_run(lab.context(), run_id)
    lab.drain()
    run = lab.find(run_id)
    assert (run.status, counts(run), how_many(lab)) == (RunStatus.CANCELLED, (10, 0, 0, 0), 0)


def test_a_run_that_waits_to_be_written_is_found_again(lab: Lab) -> None:
    run_id = check_rows(lab)
    recover(lab)
    assert is_all_in(lab, run_id)


def test_only_one_worker_writes(lab: Lab) -> None:
    run_id = check_rows(lab)
    assert claims.claim_writing(lab.context("one").session, run_id, lab.context("one").by)
    whole_run.write_whole_run(lab.context("two"), run_id)
    assert (lab.find(run_id).worker, how_many(lab)) == ("one", 0)
    recover(lab, "one")
    assert is_all_in(lab, run_id)


def broken_at(monkeypatch: pytest.MonkeyPatch, chunk: int, do: Callable[[], None]) -> None:
    """Let the writing of a chunk `do` something else first."""
    write, written = Judged.write, []

    def breaking(judged: Judged, connection: object) -> object:
        written.append(judged)
        if len(written) == chunk + 1:
            do()
        return write(judged, connection)  # type: ignore[arg-type]

    monkeypatch.setattr(Judged, "write", breaking)


@pytest.mark.parametrize("chunk", range(3))
def test_a_worker_that_dies_while_it_writes_leaves_nothing(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    run_id = check_rows(lab)

    def die() -> None:
        raise Killed

    with monkeypatch.context() as patch, lab.elsewhere():
        broken_at(patch, chunk, die)
        with pytest.raises(Killed):
            whole_run.write_whole_run(lab.context("dead"), run_id)
    assert (lab.find(run_id).worker, how_many(lab)) == ("dead", 0)
    recover(lab, "dead")
    assert is_all_in(lab, run_id)


def test_trouble_that_passes_is_waited_for(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = check_rows(lab)

    def be_away() -> None:
        raise OperationalError(None, None, Exception("the database is away"))

    with monkeypatch.context() as patch:
        broken_at(patch, 1, be_away)
        whole_run.write_whole_run(lab.context(), run_id)
    assert (lab.find(run_id).status, lab.find(run_id).worker, how_many(lab)) == (RunStatus.PROCESSING, None, 0)
    recover(lab)
    assert is_all_in(lab, run_id)


def test_what_does_not_pass_ends_the_run(lab: Lab) -> None:
    run_id = check_rows(lab)
    lab.write("DROP TABLE articles")
    whole_run.write_whole_run(lab.context(), run_id)
    run = lab.find(run_id)
    assert (run.status, counts(run)) == (RunStatus.FAILED, (10, 0, 0, 0))
    assert run.error == "The database has no table called articles."


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_cancel_while_it_writes_takes_all_back(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite has no such moment: the request waits for the lock that the writing holds."""
    run_id = check_rows(lab)

    def cancel() -> None:
        with lab.elsewhere():
            operations.cancel_run(run_id, actor=SOMEONE)

    with monkeypatch.context() as patch:
        broken_at(patch, 1, cancel)
        whole_run.write_whole_run(lab.context(), run_id)
    run = lab.find(run_id)
    assert (run.status, counts(run), how_many(lab)) == (RunStatus.CANCELLED, (10, 0, 0, 0), 0)
