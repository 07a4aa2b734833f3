"""Work whose worker is gone, or that the queue has lost, is done all the same, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import leases
from portal.database import utcnow
from portal.extensions import db, huey
from portal.lifecycle import RunStatus
from portal.runs import operations
from portal.runs.engine import claims, recovery, staging
from portal.runs.models import IngestChunk
from tests.support.lab import SOMEONE, Lab, counts

NOTES = "body\n" + "".join(f"note {number}\n" for number in range(1, 10))


def recover(lab: Lab, *gone: str, queue_is_empty: bool = True) -> int:
    """One beat of the pulse, then all that it enqueued; returns how many tasks that were."""
    recovery.recover(lab.context("pulse"), gone_workers=gone, queue_is_empty=queue_is_empty)
    return lab.drain()


def lie_for_a_minute(lab: Lab) -> None:
    """Let what waits have waited since long ago."""
    for table in ("ingest_chunks", "ingest_runs"):
        lab.write(f"UPDATE {table} SET enqueued_at = '2000-01-01 00:00:00.000000'")


def is_all_in(lab: Lab, run_id: int) -> bool:
    run = lab.find(run_id)
    assert len(lab.rows("SELECT * FROM notes")) == run.successful
    return (run.status, counts(run)) == (RunStatus.COMPLETED, (9, 9, 0, 0))


@pytest.fixture
def run_id(lab: Lab) -> int:
    return lab.start("notes", NOTES)


def stage(lab: Lab, run_id: int) -> None:
    staging.stage_run(lab.context("dead"), run_id)
    huey.flush()


def test_a_run_that_the_queue_lost_is_staged(lab: Lab, run_id: int) -> None:
    huey.flush()
    assert recover(lab) == 0, "it has only just been enqueued"
    lie_for_a_minute(lab)
    recover(lab)
    assert is_all_in(lab, run_id)


def test_chunks_that_the_queue_lost_are_processed(lab: Lab, run_id: int) -> None:
    stage(lab, run_id)
    lie_for_a_minute(lab)
    recover(lab)
    assert is_all_in(lab, run_id)


def test_a_chunk_whose_lease_has_ended_is_processed_by_another(lab: Lab, run_id: int) -> None:
    stage(lab, run_id)
    for chunk_id in lab.chunk_ids(run_id):
        assert claims.claim_chunk(db.session, chunk_id, lab.context("dead").by)
    assert recover(lab) == 0, "the leases go on"
    lab.expire_leases()
    recover(lab)
    assert is_all_in(lab, run_id)


def test_what_a_dead_process_held_is_free_at_once(lab: Lab, run_id: int) -> None:
    stage(lab, run_id)
    for chunk_id in lab.chunk_ids(run_id):
        claims.claim_chunk(db.session, chunk_id, lab.context("dead").by)
    assert recover(lab, "someone else") == 0
    recover(lab, "dead")
    assert is_all_in(lab, run_id)


def test_a_process_lets_go_of_what_it_could_not_give_back(lab: Lab, run_id: int) -> None:
    """As while the database was away; but not of what it has only just claimed, or is at work on."""
    stage(lab, run_id)
    forgotten, held, fresh = lab.chunk_ids(run_id)
    for chunk_id in (forgotten, held, fresh):
        claims.claim_chunk(db.session, chunk_id, lab.context("pulse").by)
    ten_seconds_ago = utcnow() - timedelta(seconds=10) + timedelta(seconds=30)
    lab.write("UPDATE ingest_chunks SET lease_expires_at = :lease WHERE id <> :id", lease=ten_seconds_ago, id=fresh)
    with leases.at_work(IngestChunk, held):
        recovery.recover(lab.context("pulse"), gone_workers=(), queue_is_empty=True)
    of = "SELECT id FROM ingest_chunks WHERE worker IS NULL"
    assert lab.rows(of) == [(forgotten,)]


@pytest.mark.parametrize("gone", [(), ("dead",)])
def test_staging_that_broke_off_begins_again(lab: Lab, run_id: int, gone) -> None:
    huey.flush()
    assert claims.claim_staging(db.session, run_id, lab.context("dead").by) == 1
    lab.write("UPDATE ingest_runs SET status = 'processing', started_at = created_at")
    if not gone:
        lab.expire_leases()
    recover(lab, *gone)
    assert is_all_in(lab, run_id)
    assert lab.find(run_id).attempts == 2


def test_a_worker_that_died_before_it_ended_the_run_is_made_up_for(lab: Lab, run_id: int) -> None:
    lab.drain()
    lab.write("UPDATE ingest_runs SET status = 'processing', completed_at = NULL")
    recover(lab)
    assert is_all_in(lab, run_id)


def test_a_cancel_is_brought_to_its_end(lab: Lab, run_id: int) -> None:
    stage(lab, run_id)
    claims.claim_chunk(db.session, lab.chunk_ids(run_id)[0], lab.context("dead").by)
    operations.cancel_run(run_id, actor=SOMEONE)
    lab.drain()
    assert lab.find(run_id).status == RunStatus.CANCELLING, "the worker may be alive"
    recover(lab, "dead")
    assert (lab.find(run_id).status, lab.rows("SELECT * FROM notes")) == (RunStatus.CANCELLED, [])


def test_the_queue_does_not_fill_with_copies(lab: Lab, run_id: int) -> None:
    lie_for_a_minute(lab)
    for _ in range(5):
        recovery.recover(lab.context("pulse"), gone_workers=(), queue_is_empty=False)
    assert huey.pending_count() == 2
    lab.drain()
    assert is_all_in(lab, run_id)


def test_work_that_is_enqueued_many_times_is_done_once(lab: Lab, run_id: int) -> None:
    for _ in range(3):
        lie_for_a_minute(lab)
        recovery.recover(lab.context("pulse"), gone_workers=(), queue_is_empty=True)
    lab.drain()
    assert is_all_in(lab, run_id)


def test_finished_runs_are_left_alone(lab: Lab, run_id: int) -> None:
    lab.drain()
    lie_for_a_minute(lab)
    assert recover(lab, "one", "two") == 0
    assert is_all_in(lab, run_id)


def test_one_run_that_can_not_be_settled_does_not_hold_up_the_others(lab: Lab, run_id: int) -> None:
    stuck = lab.start("notes", NOTES)
    lab.drain()
    lab.write("UPDATE ingest_runs SET status = 'processing', completed_at = NULL")
    context = lab.context("pulse")

    class Stubborn:
        def delete(self, key: str) -> None:
            if key == f"runs/{min(stuck, run_id)}":
                raise OSError("not now")

    recovery.recover(lab.context("pulse", storage=Stubborn()), gone_workers=(), queue_is_empty=True)
    assert {lab.find(run_id).status, lab.find(stuck).status} == {RunStatus.COMPLETED}
    assert context.storage.exists("uploads")
