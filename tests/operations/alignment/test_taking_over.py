"""Workers that die, lose their claims or are told nothing: every pair is there once, and in its place."""

from __future__ import annotations

from typing import Any

import pytest

from portal.alignment import operations
from portal.alignment.engine import recovery, settling
from portal.alignment.engine.claims import claim_job, claim_sources
from portal.alignment.engine.generating import generate
from portal.alignment.engine.waiting import LONGEST_PAUSE
from portal.alignment.models import AlignmentSource
from portal.extensions import db
from portal.files.storage import Storage
from portal.leases import at_work
from tests.support.alignment_lab import AlignmentLab, EveryLine

LINES = [f"Word{number} is a word.\n" for number in range(6)]


class Dies(BaseException):
    """The worker is gone."""


@pytest.fixture
def bit_by_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pairs are kept as soon as there are two."""
    monkeypatch.setattr("portal.alignment.engine.keeping.PAIRS", 2)


def dies_after(lines: int) -> EveryLine:
    left = [lines]

    def die(_name: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Dies

    return EveryLine(die)


@pytest.mark.usefixtures("bit_by_bit")
def test_a_document_of_a_dead_worker_is_begun_again(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("".join(LINES), "Clay is wet.\n")
    with pytest.raises(Dies):
        alignment_lab.work(dies_after(5))
    assert len(alignment_lab.pairs(job)) == 4
    assert alignment_lab.steps(job)["generating"][0] > 0
    alignment_lab.recover()
    assert [source.status for source in alignment_lab.sources(job)] == ["running", "running"]
    alignment_lab.recover("one")
    assert [(source.status, source.deaths) for source in alignment_lab.sources(job)] == [("queued", 1), ("queued", 1)]
    alignment_lab.work(worker="two")
    assert alignment_lab.answers(job) == [*(line.strip() for line in LINES), "Clay is wet."]
    assert alignment_lab.steps(job)["generating"] == (len("".join(LINES)) + 13, len("".join(LINES)) + 13, True)


@pytest.mark.usefixtures("bit_by_bit")
def test_a_worker_that_was_taken_for_dead_keeps_nothing(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("".join(LINES))
    lines: list[str] = []

    def taken_over(name: str) -> None:
        lines.append(name)
        if len(lines) == 4:
            with alignment_lab.elsewhere():
                alignment_lab.recover("one")
                other = alignment_lab.context(worker="two")
                batch = claim_sources(db.session, other.by, 1)
                assert batch is not None
                generate(other, batch)

    context = alignment_lab.context(EveryLine(taken_over))
    batch = claim_sources(db.session, context.by, 1)
    assert batch is not None
    generate(context, batch)
    assert [pair.answer for pair in alignment_lab.pairs(job)] == [line.strip() for line in LINES]
    alignment_lab.work(worker="two")
    assert alignment_lab.answers(job) == [line.strip() for line in LINES]


def test_a_lease_that_ends_frees_the_document(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("".join(LINES))
    batch = claim_sources(db.session, alignment_lab.context().by, 1)
    assert batch is not None
    alignment_lab.expire_leases()
    with at_work(AlignmentSource, batch.claims[0].source_id):
        alignment_lab.renew_leases()
        alignment_lab.recover()
        assert [source.status for source in alignment_lab.sources(job)] == ["running"]
    alignment_lab.expire_leases()
    alignment_lab.recover()
    assert [source.status for source in alignment_lab.sources(job)] == ["queued"]


def test_a_document_that_takes_worker_after_worker_with_it_is_given_up_by_name(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("Clay is wet.\n", "Boom.\n", "Ash is grey.\n")
    done: list[str] = []

    def boom(name: str) -> None:
        done.append(name)
        if name == "2.md":
            raise Dies

    for _ in range(recovery.MOST_DEATHS):
        assert alignment_lab.status(job) in ("queued", "running")
        with pytest.raises(Dies):
            alignment_lab.work(EveryLine(boom))
        alignment_lab.recover("one")
    found = alignment_lab.find(job)
    assert found.status == "failed"
    assert found.error_message == (
        "Making pairs of 2.md was broken off 10 times, each time with the end of the worker that was at it."
    )
    deaths = [source.deaths for source in alignment_lab.sources(job)]
    assert deaths == [1, 10, 1], "it takes others with it but once"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_of_a_worker_that_dies_while_it_stores_files_nothing_stays(alignment_lab: AlignmentLab, moment: str) -> None:
    job = alignment_lab.job("".join(LINES))

    class DiesAtTheTwin(Storage):
        def open(self, key: str, mode: str = "rb") -> Any:
            if key.endswith(".parquet") and moment == "before":
                raise Dies
            file = super().open(key, mode)
            if key.endswith(".parquet"):
                file.close()
                raise Dies
            return file

    with pytest.raises(Dies):
        alignment_lab.work(storage=DiesAtTheTwin(f"file://{alignment_lab.folder / 'files'}"))
    assert alignment_lab.stored()
    alignment_lab.recover("one")
    assert alignment_lab.stored() == set()
    alignment_lab.work(worker="two")
    assert alignment_lab.answers(job) == [line.strip() for line in LINES]
    assert len(alignment_lab.stored()) == 2


def test_of_a_worker_that_dies_just_after_the_end_everything_stays(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("".join(LINES))
    alignment_lab.work()
    alignment_lab.write(
        "UPDATE alignment_jobs SET worker = 'one', lease_expires_at = '2000-01-01 00:00:00.000000', attempts = 1"
    )
    alignment_lab.recover("one")
    assert alignment_lab.answers(job) == [line.strip() for line in LINES]


def test_last_steps_that_take_worker_after_worker_with_them_are_given_up(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("".join(LINES))
    make_pairs(alignment_lab)
    for _ in range(recovery.MOST_DEATHS):
        assert claim_job(db.session, alignment_lab.context().by)
        alignment_lab.recover("one")
    found = alignment_lab.find(job)
    assert (found.status, found.deaths) == ("failed", 10)
    assert found.error_message and found.error_message.startswith("Writing the files was broken off 10 times")


def make_pairs(lab: AlignmentLab) -> None:
    """All pairs, and none of the last steps."""
    context = lab.context()
    while (batch := claim_sources(db.session, context.by, 32)) is not None:
        generate(context, batch)


def test_two_workers_never_take_the_same(alignment_lab: AlignmentLab) -> None:
    alignment_lab.job(*LINES)
    taken = [claim_sources(db.session, alignment_lab.context(worker=f"w{n % 2}").by, 2) for n in range(4)]
    numbers = [claim.number for batch in taken if batch for claim in batch.claims]
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert taken[3] is None
    assert claim_job(db.session, alignment_lab.context().by) is None


def test_what_the_queue_has_lost_is_begun_by_the_pulse(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("".join(LINES))
    alignment_lab.empty_queue()
    alignment_lab.end_pauses()
    alignment_lab.recover()
    assert alignment_lab.tasks_waiting()
    alignment_lab.drain()
    assert alignment_lab.status(job) == "completed"


def test_a_job_of_which_nobody_told_the_workers_is_begun_by_the_pulse(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("".join(LINES))
    alignment_lab.empty_queue()
    alignment_lab.write(
        "UPDATE alignment_jobs SET status = 'pending', created_at = '2000-01-01 00:00:00.000000',"
        " due_at = '2000-01-01 00:00:00.000000'"
    )
    alignment_lab.end_pauses()
    alignment_lab.recover()
    alignment_lab.drain()
    assert alignment_lab.status(job) == "completed"


def test_what_is_added_meanwhile_is_done_by_who_is_at_it(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("Clay is wet.\n")
    late: list[str] = []

    def add(_name: str) -> None:
        if not late:
            with alignment_lab.elsewhere():
                late.append(alignment_lab.job("Ash is grey.\n"))
                alignment_lab.drain()  # the task finds that this process is at it already

    alignment_lab.work(EveryLine(add))
    assert [alignment_lab.status(one) for one in (job, *late)] == ["completed", "completed"]


def test_a_worker_that_is_to_end_finishes_what_it_has_in_hand(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("Clay is wet.\n", "Ash is grey.\n", "Iron is hard.\n")
    done: list[str] = []
    alignment_lab.work(EveryLine(done.append), documents=1, is_ending=lambda: len(done) > 1)
    assert [source.status for source in alignment_lab.sources(job)] == ["done", "done", "queued"]
    alignment_lab.work(worker="two")
    assert len(alignment_lab.answers(job)) == 3
    assert all(source.deaths == 0 for source in alignment_lab.sources(job))


def test_a_clock_that_was_set_back_keeps_nothing_waiting(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("".join(LINES))
    for table in ("alignment_sources", "alignment_jobs"):
        alignment_lab.write(f"UPDATE {table} SET due_at = '2999-01-01 00:00:00.000000'")
    alignment_lab.work()
    assert alignment_lab.status(job) == "completed"


def test_a_job_that_is_cancelled_when_its_worker_dies_is_let_go_of(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("".join(LINES))
    make_pairs(alignment_lab)
    assert claim_job(db.session, alignment_lab.context().by)
    operations.cancel(job, actor=alignment_lab.user)
    alignment_lab.recover("one")
    found = alignment_lab.find(job)
    assert (found.status, found.worker) == ("cancelled", None)


def test_pauses_are_shorter_than_what_counts_as_a_clock_set_back() -> None:
    assert max(settling.PAUSES) < LONGEST_PAUSE
