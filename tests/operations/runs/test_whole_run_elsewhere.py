"""All or nothing in a database beside the portal's own: all rows and their note there, then the books here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portal.lifecycle import RunStatus
from portal.runs import operations
from portal.runs.engine import whole_run
from portal.runs.engine.ledger import LEDGER
from portal.runs.models import IngestRun
from tests.support import conduct
from tests.support.databases import Database
from tests.support.lab import SOMEONE, Lab, counts
from tests.support.whole import ONE_FAILS, ROWS, Killed, check_rows, recover


@pytest.fixture
def other(empty_other: Database) -> Database:
    """The other database, with the same tables."""
    for statement in conduct.TABLES:
        empty_other.write(statement)
    return empty_other


@pytest.fixture
def app(make_app: Callable[..., Flask], other: Database) -> Flask:
    return make_app(importers=(conduct.CONDUCT,), chunk_rows=4, databases={conduct.OTHER: other.url})


def in_other(other: Database) -> int:
    return other.rows("SELECT count(*) FROM articles")[0][0]


def in_order(run: IngestRun) -> bool:
    return (run.status, counts(run)) == (RunStatus.COMPLETED, (10, 10, 0, 0))


def test_another_database_takes_all_rows_or_none(lab: Lab, other: Database) -> None:
    failed = lab.run("whole-elsewhere", ONE_FAILS)
    assert (failed.status, counts(failed), in_other(other)) == (RunStatus.FAILED, (10, 0, 1, 9), 0)
    assert in_order(lab.run("whole-elsewhere", ROWS))
    assert in_other(other) == 10
    assert other.rows(f"SELECT * FROM {LEDGER.name}") == []


def test_rows_that_are_in_another_database_are_booked_once(
    lab: Lab, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = check_rows(lab, "whole-elsewhere")

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, lab.elsewhere():
        patch.setattr(whole_run, "_end", die)
        with pytest.raises(Killed):
            whole_run.write_whole_run(lab.context("dead"), run_id)
    assert (in_other(other), lab.find(run_id).successful) == (10, 0)
    recover(lab, "dead")
    assert in_order(lab.find(run_id))
    assert in_other(other) == 10


def test_rows_that_are_in_another_database_are_booked_by_a_cancel(
    lab: Lab, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = check_rows(lab, "whole-elsewhere")

    def cancel(whole: whole_run.Whole, *_: object) -> None:
        operations.cancel_run(whole.run.id, actor=SOMEONE)
        raise whole_run.WritingStopped

    with monkeypatch.context() as patch:
        patch.setattr(whole_run, "_end", cancel)
        whole_run.write_whole_run(lab.context(), run_id)
    run = lab.find(run_id)
    assert (run.status, counts(run), in_other(other)) == (RunStatus.CANCELLED, (10, 10, 0, 0), 10)
