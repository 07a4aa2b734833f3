"""Cancelling: what was committed stays and is counted, nothing more goes in, cancelled stays cancelled."""

from __future__ import annotations

import pytest

from portal.accounts.models import User
from portal.errors import NotFound, WrongState
from portal.extensions import db, huey
from portal.lifecycle import RunStatus
from portal.runs import operations
from portal.runs.engine import claims, finishing, processing, staging
from tests.support.lab import SOMEONE, Lab, counts

NOTES = "body\n" + "".join(f"note {number}\n" for number in range(1, 8)) + "wrong!\nnote 9\n"


def cancel(lab: Lab, run_id: int) -> RunStatus:
    operations.cancel_run(run_id, actor=SOMEONE)
    return lab.find(run_id).status


def test_a_pending_run_is_cancelled_at_once(lab: Lab) -> None:
    run_id = lab.start("notes", NOTES)
    assert cancel(lab, run_id) == RunStatus.CANCELLED
    lab.drain()
    run = lab.find(run_id)
    assert (run.status, counts(run)) == (RunStatus.CANCELLED, (None, 0, 0, 0))
    assert run.completed_at
    assert lab.events(run_id) == ["Uploaded", "Cancelled"]
    assert lab.rows("SELECT * FROM notes") == []


def test_what_was_committed_stays_and_is_counted(lab: Lab) -> None:
    run_id = lab.start("notes", NOTES)
    staging.stage_run(lab.context(), run_id)
    _, second, _ = lab.chunk_ids(run_id)
    processing.process_chunk(lab.context(), second, in_a_row=1)
    assert cancel(lab, run_id) == RunStatus.CANCELLING
    lab.drain()
    run = lab.find(run_id)
    assert (run.status, counts(run)) == (RunStatus.CANCELLED, (9, 3, 1, 0))
    assert len(lab.rows("SELECT * FROM notes")) == 3
    assert lab.failed_rows(run_id) == {8: "The body field has the wrong form. (wrong!)"}
    assert lab.groups(run_id)[0].values == [["wrong!", 1]]
    assert lab.events(run_id)[-2:] == ["Cancel requested", "Cancelled"]


def test_a_cancel_while_the_file_is_staged_stops_that(lab: Lab) -> None:
    run_id = lab.start("notes", NOTES)
    context = lab.context()

    class CancelsAtTheSecondChunk:
        is_local = True

        def open(self, key: str, mode: str = "rb"):
            if mode == "wb" and lab.chunk_ids(run_id):
                with lab.elsewhere():
                    operations.cancel_run(run_id, actor=SOMEONE)
            return context.storage.open(key, mode)

        def delete(self, key: str) -> None:
            context.storage.delete(key)

    staging.stage_run(lab.context(storage=CancelsAtTheSecondChunk()), run_id)
    run = lab.find(run_id)
    assert (run.status, run.total, run.worker) == (RunStatus.CANCELLED, None, None)
    lab.drain()
    assert (lab.find(run_id).status, lab.rows("SELECT * FROM notes")) == (RunStatus.CANCELLED, [])


def test_a_cancel_after_the_last_row_still_cancels(lab: Lab) -> None:
    run_id = lab.start("notes", NOTES)
    lab.drain()
    lab.write("UPDATE ingest_runs SET status = 'processing', completed_at = NULL")
    assert cancel(lab, run_id) == RunStatus.CANCELLING
    lab.drain()
    assert lab.find(run_id).status == RunStatus.CANCELLED


@pytest.mark.parametrize("cancelled_first", [True, False])
def test_when_cancel_and_finish_meet_one_of_them_wins(lab: Lab, cancelled_first: bool) -> None:
    run_id = lab.start("notes", NOTES)
    lab.drain()
    lab.write("UPDATE ingest_runs SET status = 'processing', completed_at = NULL")

    class Importers:
        """Asked when the groups are described: after it is clear that nothing is left, before the run is moved."""

        def __call__(self, _slug):
            if cancelled_first:
                with lab.elsewhere():
                    operations.cancel_run(run_id, actor=SOMEONE)

    finishing.settle(lab.context(find_importer=Importers()), run_id)
    if cancelled_first:
        assert lab.find(run_id).status == RunStatus.CANCELLING
        lab.drain()
        assert lab.find(run_id).status == RunStatus.CANCELLED
        assert "Completed with errors" not in lab.events(run_id)[-2:]
    else:
        with pytest.raises(WrongState):
            cancel(lab, run_id)
        assert lab.find(run_id).status == RunStatus.COMPLETED_WITH_ERRORS


def test_a_run_is_cancelling_while_a_worker_is_at_it(lab: Lab) -> None:
    run_id = lab.start("notes", NOTES)
    staging.stage_run(lab.context(), run_id)
    huey.flush()
    claim = claims.claim_chunk(db.session, lab.chunk_ids(run_id)[0], lab.context("busy").by)
    assert cancel(lab, run_id) == RunStatus.CANCELLING
    assert cancel(lab, run_id) == RunStatus.CANCELLING, "asking twice is no error"
    lab.drain()
    assert lab.find(run_id).status == RunStatus.CANCELLING
    claims.release_chunk(db.session, claim)
    finishing.settle(lab.context(), run_id)
    assert lab.find(run_id).status == RunStatus.CANCELLED


def test_a_finished_run_can_not_be_cancelled(lab: Lab) -> None:
    run = lab.run("notes", NOTES)
    with pytest.raises(WrongState, match="already finished"):
        cancel(lab, run.id)
    assert lab.find(run.id).status == RunStatus.COMPLETED_WITH_ERRORS


def test_a_run_that_is_not_there_can_not_be_cancelled(lab: Lab) -> None:
    with pytest.raises(NotFound):
        cancel(lab, 999)


def test_someone_elses_run_is_not_there(lab: Lab, users) -> None:
    owner, other = users("operator", "ann@example.com"), users("operator", "ben@example.com")
    run_id = operations.start_run("notes", lab.keep(NOTES), actor=owner).id
    with pytest.raises(NotFound):
        operations.cancel_run(run_id, actor=db.session.get_one(User, other.id))
    operations.cancel_run(run_id, actor=db.session.get_one(User, owner.id))
    assert lab.find(run_id).status == RunStatus.CANCELLED
