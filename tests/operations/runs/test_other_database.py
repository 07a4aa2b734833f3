"""Tables in a database beside the portal's own: its rows and the portal's books agree, whatever happens between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from portal.errors import BadInput
from portal.lifecycle import RunStatus
from portal.runs.engine import claims, processing, recovery, staging, writing
from portal.runs.operations import cancel_run
from portal.target_databases import engine
from tests.support.databases import Database
from tests.support.elsewhere import OTHER, TABLES
from tests.support.lab import SOMEONE, Lab, counts

IMPORTERS = str(Path(__file__).parents[2] / "support" / "elsewhere.py")
HEADER = "id,code,price\n"


class Killed(BaseException):
    """What a worker that is killed leaves undone; no `except Exception` may catch it."""


@pytest.fixture
def other(empty_other: Database) -> Database:
    """The other database, with its tables."""
    for statement in TABLES:
        empty_other.write(statement)
    return empty_other


@pytest.fixture
def app(make_app: Callable[..., Flask], other: Database) -> Flask:
    return make_app(importers=(IMPORTERS,), chunk_rows=4, databases={OTHER: other.url})


def lines(first: int, last: int) -> str:
    return "".join(f"{number},c{number},{number}\n" for number in range(first, last + 1))


def test_rows_go_there_and_the_books_stay_here(lab: Lab, other: Database) -> None:
    other.write("INSERT INTO parts VALUES (3, 'there', 1)")
    run = lab.run("parts", HEADER + lines(1, 9) + "10,c10,-1\nx,c11,1\n12,c1,1\n")
    assert (run.status, counts(run)) == (RunStatus.COMPLETED_WITH_ERRORS, (12, 8, 3, 1))
    assert other.rows("SELECT id, code FROM parts ORDER BY id") == [
        (number, "there" if number == 3 else f"c{number}") for number in range(1, 10)
    ]


def test_the_notes_of_a_run_go_with_its_end(lab: Lab, other: Database) -> None:
    assert lab.run("parts", HEADER + lines(1, 9)).status == RunStatus.COMPLETED
    assert other.rows("SELECT count(*) FROM ingest_portal_ledger") == [(0,)]


def test_a_dry_run_leaves_nothing_there(lab: Lab, other: Database) -> None:
    run = lab.run("parts", HEADER + lines(1, 9) + "10,c10,-1\n", dry_run=True)
    assert counts(run) == (10, 9, 1, 0)
    assert other.rows("SELECT count(*) FROM parts") == [(0,)]


@pytest.mark.parametrize("killed_in_chunk", [0, 1, 2])
def test_a_worker_killed_between_the_two_commits_doubles_nothing(
    lab: Lab, other: Database, monkeypatch: pytest.MonkeyPatch, killed_in_chunk: int
) -> None:
    run_id = lab.start("bolts", "price\n" + "5\n-5\n7\n" * 4)
    staging.stage_run(lab.context(), run_id)
    chunk_ids = lab.chunk_ids(run_id)
    _killed_between(monkeypatch, lambda: processing.process_chunk(lab.context("dies"), chunk_ids[killed_in_chunk]))
    written = other.rows("SELECT count(*) FROM bolts")
    assert written[0][0] > 0
    with lab.elsewhere():
        recovery.recover(lab.context("other"), gone_workers=["dies"], queue_is_empty=True)
    lab.drain()
    run = lab.find(run_id)
    assert (run.status, counts(run)) == (RunStatus.COMPLETED_WITH_ERRORS, (12, 8, 4, 0))
    assert other.rows("SELECT price, count(*) FROM bolts GROUP BY price ORDER BY price") == [(5, 4), (7, 4)]
    assert list(lab.failed_rows(run_id)) == [2, 5, 8, 11]


def test_what_was_written_is_booked_though_the_run_is_cancelled_then(
    lab: Lab, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = lab.start("bolts", "price\n" + "5\n-5\n7\n" * 4)
    staging.stage_run(lab.context(), run_id)
    _killed_between(monkeypatch, lambda: processing.process_chunk(lab.context("dies"), lab.chunk_ids(run_id)[0]))
    cancel_run(run_id, actor=SOMEONE)
    with lab.elsewhere():
        recovery.recover(lab.context("other"), gone_workers=["dies"], queue_is_empty=True)
    lab.drain()
    run = lab.find(run_id)
    assert (run.status, run.successful, run.failed) == (RunStatus.CANCELLED, 3, 1)
    assert other.rows("SELECT count(*) FROM bolts") == [(3,)]


def test_a_worker_that_was_only_slow_finds_its_chunk_written(lab: Lab, other: Database) -> None:
    run_id = lab.start("bolts", "price\n" + "5\n7\n" * 4)
    staging.stage_run(lab.context(), run_id)
    chunk_id = lab.chunk_ids(run_id)[0]
    slow = claims.claim_chunk(lab.context("slow").session, chunk_id, lab.context("slow").by)
    assert slow is not None
    lab.expire_leases()
    with lab.elsewhere():
        processing.process_chunk(lab.context("quick"), chunk_id, in_a_row=1)
    with pytest.raises(writing.ClaimLost):
        processing.bring_in(lab.context("slow"), slow, goes_on=False)
    lab.drain()
    assert counts(lab.find(run_id)) == (8, 8, 0, 0)
    assert other.rows("SELECT count(*) FROM bolts") == [(8,)]


def test_a_retry_settles_here_what_it_brings_in_there(lab: Lab, other: Database) -> None:
    other.write("INSERT INTO parts VALUES (99, 'c1', 1)")
    run = lab.run("parts", HEADER + lines(1, 5))
    assert list(lab.failed_rows(run.id)) == [1]
    other.write("DELETE FROM parts WHERE id = 99")
    assert lab.retry(run.id).status == RunStatus.COMPLETED
    assert lab.find(run.id).open_failures == 0


def test_an_unknown_database_is_said_before_the_run(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    app = make_app(importers=(IMPORTERS,))
    with app.app_context():
        lab = Lab(app, tmp_path)
        with pytest.raises(BadInput, match="knows no database called warehouse"):
            lab.start("parts", HEADER + lines(1, 2))


def _killed_between(monkeypatch: pytest.MonkeyPatch, work: Callable[[], None]) -> None:
    """Do `work` up to where the rows are committed in the other database, and no further."""

    def die(*_arguments: object, **_words: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(writing, "_fence", die)
        with pytest.raises(Killed):
            work()


def test_the_ledger_is_made_though_others_write_at_that_moment(lab: Lab, other: Database) -> None:
    """As they do where a worker that was making it is killed, and another one goes on."""
    moments: list[str] = []

    def write_meanwhile(_connection, _cursor, statement: str, *_rest) -> None:
        if "CREATE TABLE IF NOT EXISTS ingest_portal_ledger" in statement and len(moments) < 3:
            moments.append(statement)
            other.write(f"INSERT INTO parts VALUES (100{len(moments)}, 'm{len(moments)}', 1)")

    event.listen(engine(OTHER), "before_cursor_execute", write_meanwhile)
    run = lab.run("parts", HEADER + lines(1, 9))
    assert moments
    assert (run.status, counts(run)) == (RunStatus.COMPLETED, (9, 9, 0, 0))


def test_the_ledger_is_made_after_a_failure_to_make_it(lab: Lab, other: Database) -> None:
    failures = iter(("database is locked", "disk I/O error"))

    def fail(_connection, _cursor, statement: str, *_rest) -> None:
        if "CREATE TABLE IF NOT EXISTS ingest_portal_ledger" in statement and (why := next(failures, "")):
            raise OperationalError(statement, {}, Exception(why))

    event.listen(engine(OTHER), "before_cursor_execute", fail)
    assert lab.run("parts", HEADER + lines(1, 9)).status == RunStatus.COMPLETED
    assert next(failures, "none left") == "none left"
