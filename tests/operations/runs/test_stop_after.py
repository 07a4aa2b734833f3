"""A run stops when more rows have failed than its importer takes."""

from __future__ import annotations

import random

import pytest

from portal.extensions import huey
from portal.lifecycle import RunStatus
from portal.runs.engine import processing, recovery, staging
from tests.support.lab import Lab, counts

HEADER = "sku,price\n"


@pytest.fixture
def lab(conduct_lab: Lab) -> Lab:
    return conduct_lab


def lines(*prices: object) -> str:
    return "".join(f"s{place:02},{price}\n" for place, price in enumerate(prices))


def test_so_many_failed_rows_are_taken(lab: Lab) -> None:
    run = lab.run("stopping", HEADER + lines(1, "x", 3, 4, "x", 6))
    assert (run.status, counts(run)) == (RunStatus.COMPLETED_WITH_ERRORS, (6, 4, 2, 0))


def test_one_more_stops_the_run_and_says_what_was_not_looked_at(lab: Lab) -> None:
    run = lab.run("stopping", HEADER + lines("x", 2, "x", 4, "x", 6, 7, 8, 9, 10))
    assert (run.status, counts(run)) == (RunStatus.FAILED, (10, 3, 3, 0))
    assert run.error == (
        "Stopped after 3 failed rows, since the importer takes at most 2; 3 rows are in. "
        "What was not looked at: 4 rows."
    )
    assert run.error_fix == "Mend the file, then import it again: rows that are in already are known by their key."
    assert lab.rows("SELECT count(*) FROM articles") == [(3,)]
    assert [group.distinct_values for group in lab.groups(run.id)] == [1]


def test_a_run_that_stops_at_its_last_chunk_was_looked_at_as_a_whole(lab: Lab) -> None:
    run = lab.run("stopping", HEADER + lines(1, 2, "x", "x", 5, "x"))
    assert (run.status, counts(run)) == (RunStatus.FAILED, (6, 3, 3, 0))
    assert str(run.error).endswith("All rows of the file were looked at.")


def test_without_a_key_rows_that_are_in_have_to_be_taken_out(lab: Lab) -> None:
    run = lab.run("stopping-at-once", HEADER + lines(1, 2, 3, "x", 5, 6))
    assert (run.status, run.failed) == (RunStatus.FAILED, 1)
    assert "take out the rows that are in" in str(run.error_fix)


@pytest.mark.parametrize("seed", range(5))
def test_its_counts_tell_what_is_in_whatever_the_order(lab: Lab, seed: int) -> None:
    chance = random.Random(seed)
    run_id = lab.start("stopping", HEADER + lines(*(chance.choice([1, "x"]) for _ in range(40))))
    lab.drain(chance)
    run = lab.find(run_id)
    assert run.status == RunStatus.FAILED
    assert lab.rows("SELECT count(*) FROM articles") == [(run.successful,)]
    assert len(lab.failed_rows(run_id)) == run.failed > 2
    assert run.processed < (run.total or 0)


def test_it_stops_while_the_file_is_still_being_staged(lab: Lab) -> None:
    """Each chunk is processed as soon as it is entered."""
    run_id = lab.start("stopping-at-once", HEADER + lines("x", *range(30)))

    def process_at_once(chunk_id: int) -> None:
        with lab.elsewhere():
            processing.process_chunk(lab.context("other"), chunk_id)

    staging.stage_run(lab.context(enqueue_chunk=process_at_once), run_id)
    lab.drain()
    run = lab.find(run_id)
    assert (run.status, run.failed, run.worker) == (RunStatus.FAILED, 1, None)
    assert "the rest of the file" in str(run.error)


def test_a_worker_that_dies_before_it_stops_the_run_is_made_up_for(lab: Lab) -> None:
    run_id = lab.start("stopping", HEADER + lines("x", "x", "x", "x", 5, 6, 7, 8))
    staging.stage_run(lab.context(), run_id)
    huey.flush()
    for chunk_id in lab.chunk_ids(run_id)[:2]:
        claim = processing.claim_chunk(lab.context().session, chunk_id, lab.context("dead").by)
        assert claim is not None
        processing.bring_in(lab.context("dead"), claim, goes_on=False)
    assert lab.find(run_id).status == RunStatus.PROCESSING
    with lab.elsewhere():
        recovery.recover(lab.context("pulse"), gone_workers=["dead"], queue_is_empty=True)
    lab.drain()
    run = lab.find(run_id)
    assert (run.status, run.failed, run.successful) == (RunStatus.FAILED, 4, 0)


def test_its_failed_rows_are_retried_and_the_rest_is_told(lab: Lab) -> None:
    run = lab.run("stopping", HEADER + lines("x", "x", "x", 4, 5, 6, 7, 8))
    assert run.status == RunStatus.FAILED
    lab.write("""UPDATE ingest_rows SET cells = '["s00", "0"]' WHERE row_number = 1""")
    retry = lab.retry(run.id)
    assert (retry.status, counts(retry)) == (RunStatus.COMPLETED_WITH_ERRORS, (3, 1, 2, 0))
    left = (run.total or 0) - run.processed
    assert lab.messages(retry.id)[0] == (
        f"Retries 3 failed rows of run {run.id}. What that run didn't look at is no part of it: {left} rows."
    )


def test_a_dry_run_stops_too(lab: Lab) -> None:
    run = lab.run("stopping", HEADER + lines("x", "x", "x", "x", 5, 6), dry_run=True)
    assert (run.status, run.failed) == (RunStatus.FAILED, 4)
