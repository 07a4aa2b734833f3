"""A chunk is done once, whoever is at it, however late: exactly one worker's work is kept."""

from __future__ import annotations

import pytest

from portal import leases
from portal.extensions import db, huey
from portal.lifecycle import ChunkStatus, RunStatus
from portal.runs import operations
from portal.runs.engine import claims, processing, staging
from portal.runs.models import IngestChunk
from tests.support.lab import SOMEONE, Lab, counts

NOTES = "body\n" + "".join(f"note {number}\n" for number in range(1, 9)) + "wrong!\n"


@pytest.fixture
def staged(lab: Lab) -> int:
    """A run of 9 notes in 3 chunks, of which none is processed; the queue is empty."""
    run_id = lab.start("notes", NOTES)
    staging.stage_run(lab.context(), run_id)
    huey.flush()
    assert len(lab.chunk_ids(run_id)) == 3
    return run_id


def written(lab: Lab) -> int:
    return len(lab.rows("SELECT body FROM notes"))


def test_a_chunk_that_is_done_is_not_done_again(lab: Lab, staged: int) -> None:
    for chunk_id in lab.chunk_ids(staged) * 2:
        processing.process_chunk(lab.context(), chunk_id, in_a_row=1)
    assert counts(lab.find(staged)) == (9, 8, 1, 0)
    assert written(lab) == 8


def test_a_chunk_has_one_holder(lab: Lab, staged: int) -> None:
    chunk_id = lab.chunk_ids(staged)[0]
    assert claims.claim_chunk(db.session, chunk_id, lab.context("one").by)
    assert claims.claim_chunk(db.session, chunk_id, lab.context("two").by) is None
    lab.expire_leases()
    assert claims.claim_chunk(db.session, chunk_id, lab.context("two").by).attempt == 2


@pytest.mark.parametrize("second_worker", ["two", "one"])
def test_who_was_taken_for_dead_and_finishes_late_changes_nothing(lab: Lab, staged: int, second_worker) -> None:
    """Even when the second claim is by a process of the same name."""
    first, *others = lab.chunk_ids(staged)
    importer = lab.context().find_importer

    def find_importer_slowly(slug):
        with lab.elsewhere():
            lab.expire_leases()
            processing.process_chunk(lab.context(second_worker), first, in_a_row=1)
        return importer(slug)

    processing.process_chunk(lab.context("one", find_importer=find_importer_slowly), first, in_a_row=1)
    assert (counts(lab.find(staged)), written(lab)) == ((9, 4, 0, 0), 4)
    for chunk_id in others:
        processing.process_chunk(lab.context(), chunk_id, in_a_row=1)
    assert (counts(lab.find(staged)), written(lab)) == ((9, 8, 1, 0), 8)


def test_who_finishes_first_wins_though_another_has_begun(lab: Lab, staged: int) -> None:
    """The second loses its claim to nobody: the chunk is still its own, and the first one's work is thrown away."""
    first = lab.chunk_ids(staged)[0]
    importer = lab.context().find_importer
    second: list[claims.Claim | None] = []

    def find_importer_slowly(slug):
        with lab.elsewhere():
            lab.expire_leases()
            second.append(claims.claim_chunk(db.session, first, lab.context("two").by))
        return importer(slug)

    processing.process_chunk(lab.context("one", find_importer=find_importer_slowly), first, in_a_row=1)
    assert written(lab) == 0
    chunk = db.session.get_one(IngestChunk, first, populate_existing=True)
    assert (chunk.status, chunk.worker, chunk.attempts) == (ChunkStatus.PROCESSING, "two", 2)
    assert claims.release_chunk(db.session, second[0])


def test_later_waves_wait_for_earlier_ones(lab: Lab) -> None:
    run_id = lab.start("goods", "sku,name\nA,one\nB,b\nA,two\n")
    staging.stage_run(lab.context(), run_id)
    first, second = lab.chunk_ids(run_id)
    processing.process_chunk(lab.context(), second, in_a_row=1)
    assert lab.find(run_id).processed == 0
    processing.process_chunk(lab.context(), first, in_a_row=1)
    processing.process_chunk(lab.context(), second, in_a_row=1)
    assert (lab.find(run_id).status, counts(lab.find(run_id))) == (RunStatus.COMPLETED, (3, 3, 0, 0))


def test_leases_are_renewed_only_for_what_is_at_work(lab: Lab, staged: int) -> None:
    """Work that ended in a way that nothing could be written must not be held as long as its worker lives."""
    by = lab.context().by
    held, forgotten, _ = lab.chunk_ids(staged)
    for chunk_id in (held, forgotten):
        claims.claim_chunk(db.session, chunk_id, by)
    lab.expire_leases()
    with leases.at_work(IngestChunk, held):
        claims.renew_leases(db.session, by)
    renewed = dict(lab.rows("SELECT id, lease_expires_at > '2001-01-01' FROM ingest_chunks"))
    assert (renewed[held], renewed[forgotten]) == (1, 0)


def test_a_worker_does_not_renew_what_another_has_taken_over(lab: Lab, staged: int) -> None:
    chunk_id = lab.chunk_ids(staged)[0]
    claims.claim_chunk(db.session, chunk_id, lab.context("two").by)
    lab.expire_leases()
    with leases.at_work(IngestChunk, chunk_id):
        claims.renew_leases(db.session, lab.context("one").by)
    assert lab.rows("SELECT lease_expires_at > '2001-01-01' FROM ingest_chunks WHERE worker = 'two'") == [(0,)]


def test_a_chunk_that_kills_every_worker_ends_the_run(lab: Lab, staged: int) -> None:
    chunk_id = lab.chunk_ids(staged)[0]
    lab.write("UPDATE ingest_chunks SET attempts = :tried WHERE id = :id", tried=claims.MAX_ATTEMPTS, id=chunk_id)
    processing.process_chunk(lab.context(), chunk_id, in_a_row=1)
    run = lab.find(staged)
    assert (run.status, written(lab)) == (RunStatus.FAILED, 0)
    assert run.error == "The workers ended again and again while they were at this file."


def test_a_chunk_of_a_failed_run_is_left_alone(lab: Lab, staged: int) -> None:
    lab.write("UPDATE ingest_runs SET status = 'failed'")
    processing.process_chunk(lab.context(), lab.chunk_ids(staged)[0], in_a_row=1)
    assert (counts(lab.find(staged)), written(lab)) == ((9, 0, 0, 0), 0)


def test_an_importer_that_is_gone_ends_the_run_with_a_sentence(lab: Lab, staged: int) -> None:
    processing.process_chunk(lab.context(find_importer=lambda _slug: None), lab.chunk_ids(staged)[0], in_a_row=1)
    run = lab.find(staged)
    assert (run.status, run.error) == (RunStatus.FAILED, "There is no importer called notes any more.")


def test_an_error_of_one_who_lost_the_chunk_does_not_end_the_run(lab: Lab, staged: int) -> None:
    first = lab.chunk_ids(staged)[0]

    def lose_it_and_break(_slug):
        with lab.elsewhere():
            lab.expire_leases()
            processing.process_chunk(lab.context("two"), first, in_a_row=1)
        raise RuntimeError("broken")

    processing.process_chunk(lab.context("one", find_importer=lose_it_and_break), first, in_a_row=1)
    assert (lab.find(staged).status, written(lab)) == (RunStatus.PROCESSING, 4)


def test_a_cancel_while_rows_are_validated_keeps_them_out(lab: Lab, staged: int) -> None:
    first, second, _ = lab.chunk_ids(staged)
    processing.process_chunk(lab.context(), first, in_a_row=1)
    importer = lab.context().find_importer

    def cancel_meanwhile(slug):
        with lab.elsewhere():
            if lab.find(staged).status == RunStatus.PROCESSING:
                operations.cancel_run(staged, actor=SOMEONE)
                assert lab.find(staged).status == RunStatus.CANCELLING
        return importer(slug)

    processing.process_chunk(lab.context(find_importer=cancel_meanwhile), second, in_a_row=1)
    run = lab.find(staged)
    assert (run.status, counts(run), written(lab)) == (RunStatus.CANCELLED, (9, 4, 0, 0), 4)


def test_a_worker_takes_the_next_chunks_along_but_not_for_ever(lab: Lab) -> None:
    run_id = lab.start("notes", "body\n" + "right\n" * 20)
    staging.stage_run(lab.context(), run_id)
    first, *others = lab.chunk_ids(run_id)
    assert len(others) == 4
    processing.process_chunk(lab.context(), first, in_a_row=3)
    done = "SELECT count(*) FROM ingest_chunks WHERE run_id = :id AND status = 'done'"
    claimed = "SELECT count(*) FROM ingest_chunks WHERE run_id = :id AND worker IS NOT NULL"
    assert (lab.rows(done, id=run_id), lab.rows(claimed, id=run_id)) == ([(3,)], [(0,)])
