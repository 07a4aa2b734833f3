"""What two do at the same moment comes out as if one had come after the other."""

from __future__ import annotations

from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from portal import leases
from portal.database import writing
from portal.errors import PortalError, WrongState
from portal.extensions import db, huey
from portal.lifecycle import ChunkStatus, RunStatus
from portal.runs import operations
from portal.runs.engine import claims, explaining, recovery, staging
from portal.runs.engine.family import lock_family
from portal.runs.models import IngestChunk
from tests.support.at_once import at_once
from tests.support.databases import Database
from tests.support.lab import SOMEONE, Lab

WRONG = "body\nwrong!\nfalse!\n"
NOTES = "body\n" + "".join(f"note {number}\n" for number in range(1, 13))

only_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""SQLite lets one write at a time, so there nothing of the kind can be seen."""


@pytest.fixture
def staged(lab: Lab) -> int:
    """A run of 12 notes in 3 chunks, of which none is processed; the queue is empty."""
    run_id = lab.start("notes", NOTES)
    staging.stage_run(lab.context(), run_id)
    huey.flush()
    return run_id


@pytest.mark.parametrize("turn", range(3))
def test_of_two_retries_within_a_family_one_is_refused(lab: Lab, turn: int) -> None:
    """Each row of the parent is a row of its retry too: both at once could bring it in twice."""
    parent = lab.run("notes", WRONG).id
    child = lab.retry(parent).id
    found = at_once(lab.app, lambda: lab.begin_retry(parent), lambda: lab.begin_retry(child))
    assert [type(result) for result in found if isinstance(result, PortalError)] == [WrongState]
    [begun] = [result for result in found if isinstance(result, int)]
    assert lab.rows("SELECT id FROM ingest_runs WHERE status = 'pending'") == [(begun,)]


@only_postgresql
def test_a_retry_waits_for_who_is_at_the_family(lab: Lab) -> None:
    """By whichever member of the family they came: the lock is that of the first."""
    parent = lab.run("notes", WRONG).id
    child = lab.retry(parent).id
    with writing(db.session):
        lock_family(db.session, parent)
        with lab.elsewhere(), pytest.raises(OperationalError, match="lock timeout"), writing(db.session):
            db.session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            lock_family(db.session, child)


@only_postgresql
def test_a_worker_takes_along_what_others_are_not_about_to_take(lab: Lab, staged: int) -> None:
    first, second, _ = lab.chunk_ids(staged)
    with writing(db.session):
        assert claims.claim_next(db.session, staged, lab.context("one").by).chunk_id == first
        with lab.elsewhere(), writing(db.session):
            assert claims.claim_next(db.session, staged, lab.context("two").by).chunk_id == second


@only_postgresql
def test_recovery_neither_waits_for_who_is_late_nor_takes_back_what_they_settle(lab: Lab, staged: int) -> None:
    chunk_id = lab.chunk_ids(staged)[0]
    claim = claims.claim_chunk(db.session, chunk_id, lab.context("late").by)
    lab.expire_leases()
    with writing(db.session):
        db.session.execute(claims.fenced(claim).values(status=ChunkStatus.DONE, worker=None, lease_expires_at=None))
        with lab.elsewhere():
            recovery.recover(lab.context("pulse"), gone_workers=["late"], queue_is_empty=False)
    assert db.session.get_one(IngestChunk, chunk_id, populate_existing=True).status == ChunkStatus.DONE


@only_postgresql
def test_a_worker_at_the_end_of_its_work_does_not_hold_up_its_own_pulse(lab: Lab, staged: int) -> None:
    chunk_id = lab.chunk_ids(staged)[0]
    claim = claims.claim_chunk(db.session, chunk_id, lab.context().by)
    with leases.at_work(IngestChunk, chunk_id), writing(db.session):
        db.session.execute(claims.fenced(claim).values(completed_at=None))
        with lab.elsewhere():
            claims.renew_leases(db.session, lab.context().by)


@pytest.mark.parametrize("turn", range(3))
def test_a_run_that_is_cancelled_while_it_is_staged_ends_as_cancelled(lab: Lab, turn: int) -> None:
    run_id = lab.start("notes", NOTES)
    at_once(
        lab.app,
        lambda: operations.cancel_run(run_id, actor=SOMEONE),
        lambda: staging.stage_run(lab.context(), run_id),
    )
    lab.drain()
    assert lab.find(run_id).status == RunStatus.CANCELLED
    assert lab.rows("SELECT count(*) FROM notes") == [(lab.find(run_id).successful,)]


@only_postgresql
def test_two_who_wait_for_each_other_are_parted_and_may_try_again(lab: Lab) -> None:
    lab.write("INSERT INTO goods VALUES ('A', 'apple', 1), ('B', 'beer', 2)")
    has_one = Barrier(2)

    def change(first: str, second: str) -> OperationalError | None:
        try:
            with writing(db.session):
                db.session.execute(text("UPDATE goods SET price = 3 WHERE sku = :sku"), {"sku": first})
                has_one.wait()
                db.session.execute(text("UPDATE goods SET price = 3 WHERE sku = :sku"), {"sku": second})
        except OperationalError as error:
            return error
        return None

    found = at_once(lab.app, lambda: change("A", "B"), lambda: change("B", "A"))
    [parted] = [error for error in found if error is not None]
    assert explaining.is_passing(parted)


@only_postgresql
def test_a_connection_that_the_server_has_ended_is_replaced_unseen(lab: Lab, database: str) -> None:
    [(own,)] = lab.rows("SELECT pg_backend_pid()")
    assert Database(database).rows("SELECT pg_terminate_backend(?, 10000)", own) == [(1,)]
    assert lab.rows("SELECT count(*) FROM goods") == [(0,)]
