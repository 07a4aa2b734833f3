"""After pairs were changed, the files are written again under the same ids."""

from __future__ import annotations

import hashlib
import io

import polars

from portal.alignment import operations
from tests.support.alignment_lab import AlignmentLab, EveryLine


def made(lab: AlignmentLab, *contents: str) -> str:
    job = lab.job(*contents)
    lab.work()
    return job


def test_the_files_show_what_was_changed(alignment_lab: AlignmentLab) -> None:
    job = made(alignment_lab, "Clay is wet.\nAsh is grey.\nIron is hard.\n")
    before = {(one.id, one.name) for one in (alignment_lab.file(job), alignment_lab.twin(job))}
    stored, (first, second, _) = alignment_lab.stored(), alignment_lab.pairs(job)
    operations.edit_pair(job, first.id, question="What of clay?", answer="It is wet.", actor=alignment_lab.user)
    operations.drop_pairs(job, [second.id], actor=alignment_lab.user)
    assert alignment_lab.find(job).is_out_of_date
    alignment_lab.work()
    assert not alignment_lab.find(job).is_out_of_date
    assert alignment_lab.answers(job) == ["It is wet.", "Iron is hard."]
    file, twin = alignment_lab.file(job), alignment_lab.twin(job)
    assert {(one.id, one.name) for one in (file, twin)} == before
    for one in (file, twin):
        content = alignment_lab.contents(one)
        assert (one.size, one.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert polars.read_parquet(io.BytesIO(alignment_lab.contents(twin))).to_dicts() == alignment_lab.lines(job)
    assert len(alignment_lab.stored()) == 2
    assert not alignment_lab.stored() & stored
    assert (
        alignment_lab.messages(job)[-1] == "The files were written again: 2 questions with their answers are in them."
    )
    assert alignment_lab.steps(job)["writing"] == (3, 3, True)


def test_all_pairs_may_be_dropped_and_restored(alignment_lab: AlignmentLab) -> None:
    job = made(alignment_lab, "Clay is wet.\n")
    [pair] = alignment_lab.pairs(job)
    operations.drop_pairs(job, [pair.id], actor=alignment_lab.user)
    alignment_lab.work()
    assert alignment_lab.contents(alignment_lab.file(job)) == b""
    assert polars.read_parquet(io.BytesIO(alignment_lab.contents(alignment_lab.twin(job)))).height == 0
    operations.restore_pairs(job, [pair.id], actor=alignment_lab.user)
    alignment_lab.work()
    assert alignment_lab.answers(job) == ["Clay is wet."]


def test_what_is_changed_meanwhile_is_written_after_that(alignment_lab: AlignmentLab) -> None:
    job, other = made(alignment_lab, "Clay is wet.\nAsh is grey.\n"), alignment_lab.job("Iron is hard.\n")
    [first, second] = alignment_lab.pairs(job)
    first_id, second_id = first.id, second.id

    def drop_first(_name: str) -> None:
        with alignment_lab.elsewhere():
            operations.drop_pairs(job, [first_id], actor=alignment_lab.user)

    alignment_lab.work(EveryLine(drop_first))
    assert alignment_lab.answers(job) == ["Ash is grey."]
    operations.drop_pairs(job, [second_id], actor=alignment_lab.user)
    alignment_lab.work()
    assert alignment_lab.answers(job) == []
    assert alignment_lab.answers(other) == ["Iron is hard."]


def test_the_summary_counts_what_people_did(alignment_lab: AlignmentLab) -> None:
    job = made(alignment_lab, "Clay is wet.\nAsh is grey.\nIron is hard.\nClay is wet.\n")
    first, second, *_ = alignment_lab.pairs(job)
    operations.edit_pair(job, first.id, question="What of clay?", answer="It is wet.", actor=alignment_lab.user)
    operations.drop_pairs(job, [second.id], actor=alignment_lab.user)
    summary = alignment_lab.summary(job)
    assert (summary.kept, summary.duplicate, summary.dropped, summary.edited) == (2, 1, 1, 1)
