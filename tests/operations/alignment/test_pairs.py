"""Editing, dropping and restoring pairs of completed training data."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from portal.alignment import operations, queries
from portal.alignment.generating.pairs import digest_of
from portal.alignment.operations.pairs import EditedMeanwhile, version_of
from portal.alignment.queries import PairNarrowing
from portal.errors import BadInput, NotFound, WrongState
from portal.lifecycle import AlignmentStatus
from tests.support.training_data import ANSWER, TrainingDataLab


@pytest.fixture
def lab(app: Flask, tmp_path: Path):
    with app.app_context():
        yield TrainingDataLab(app, tmp_path)


def test_an_edit_is_kept_beside_what_was_there(lab: TrainingDataLab) -> None:
    public_id = lab.made(["a?", "b?"])
    first = lab.pairs(public_id)[0]
    edited = operations.edit_pair(public_id, first.id, question=" A? ", answer="No.\n\nYes.", actor=lab.user)
    assert (edited.question, edited.answer) == ("A?", "No.\n\nYes.")
    assert (edited.original_question, edited.original_answer) == ("a?", ANSWER)
    assert edited.digest == digest_of("a?", "no. yes.")
    assert not lab.pairs(public_id)[1].is_edited
    job = lab.job_of(public_id)
    assert (job.pairs_version, job.is_out_of_date) == (1, True)
    assert lab.events_of(public_id)[-1] == "Pair Edited"
    assert lab.tasks_waiting() == 1


def test_a_second_edit_keeps_what_was_there_at_first(lab: TrainingDataLab) -> None:
    public_id = lab.made(["a?"])
    [pair] = lab.pairs(public_id)
    for question in ("b?", "c?"):
        operations.edit_pair(public_id, pair.id, question=question, answer=ANSWER, actor=lab.user)
    assert lab.pairs(public_id)[0].original_question == "a?"
    operations.edit_pair(public_id, pair.id, question="a?", answer=ANSWER, actor=lab.user)
    assert not lab.pairs(public_id)[0].is_edited, "it is as it was made"
    assert lab.job_of(public_id).pairs_version == 3


def test_an_edit_that_changes_nothing_is_no_event(lab: TrainingDataLab) -> None:
    public_id = lab.made(["a?"])
    [pair] = lab.pairs(public_id)
    operations.edit_pair(public_id, pair.id, question="a? ", answer=ANSWER, actor=lab.user)
    assert lab.tasks_waiting() == 0
    assert lab.events_of(public_id) == ["Alignment Started"]
    assert lab.job_of(public_id).pairs_version == 0


def test_a_pair_that_says_the_same_as_another_stays(lab: TrainingDataLab) -> None:
    public_id = lab.made(["a?", "b?"])
    operations.edit_pair(public_id, lab.pairs(public_id)[1].id, question="a?", answer=ANSWER, actor=lab.user)
    assert [(pair.question, pair.state) for pair in lab.pairs(public_id)] == [("a?", "kept"), ("a?", "kept")]


REFUSED = [
    (" \n", "Yes.", "question", "Write a question."),
    ("a?", "", "answer", "Write an answer."),
    ("a" * 10_001, "Yes.", "question", "At most 10,000 characters, please."),
    ("a?", "a" * 100_001, "answer", "At most 100,000 characters, please."),
    ("a?\0", "Yes.", "question", "It has characters that no database keeps: NUL, or half of a pair."),
    ("a?", "\ud800", "answer", "It has characters that no database keeps: NUL, or half of a pair."),
]


def test_what_cant_be_kept_is_refused_by_field(lab: TrainingDataLab) -> None:
    public_id = lab.made(["a?"])
    [pair] = lab.pairs(public_id)
    for question, answer, field, message in REFUSED:
        with pytest.raises(BadInput) as refusal:
            operations.edit_pair(public_id, pair.id, question=question, answer=answer, actor=lab.user)
        assert refusal.value.errors == {field: [message]}


def test_the_second_of_two_editors_is_told(lab: TrainingDataLab) -> None:
    public_id = lab.made(["a?"])
    [pair] = lab.pairs(public_id)
    seen = version_of(pair)
    operations.edit_pair(public_id, pair.id, question="b?", answer=ANSWER, actor=lab.user, version=seen)
    with pytest.raises(EditedMeanwhile):
        operations.edit_pair(public_id, pair.id, question="c?", answer=ANSWER, actor=lab.user, version=seen)
    now = version_of(lab.pairs(public_id)[0])
    operations.edit_pair(public_id, pair.id, question="c?", answer=ANSWER, actor=lab.user, version=now)
    assert lab.pairs(public_id)[0].question == "c?"


def test_an_edit_is_taken_back(lab: TrainingDataLab) -> None:
    public_id = lab.made(["a?"])
    [pair] = lab.pairs(public_id)
    with pytest.raises(WrongState, match="as it was made"):
        operations.revert_pair(public_id, pair.id, actor=lab.user)
    operations.edit_pair(public_id, pair.id, question="b?", answer="No.", actor=lab.user)
    reverted = operations.revert_pair(public_id, pair.id, actor=lab.user)
    assert (reverted.question, reverted.answer, reverted.is_edited) == ("a?", ANSWER, False)
    assert reverted.digest == digest_of("a?", ANSWER)
    assert lab.events_of(public_id)[-1] == "Pair Reverted"


def test_pairs_are_dropped_and_restored(lab: TrainingDataLab) -> None:
    public_id = lab.made(["a?", "b?", "c?"])
    ids = [pair.id for pair in lab.pairs(public_id)]
    assert operations.drop_pairs(public_id, ids[:2], actor=lab.user) == ids[:2]
    assert operations.drop_pairs(public_id, ids[1:], actor=lab.user) == ids[2:], "one was dropped before"
    assert operations.drop_pairs(public_id, ids, actor=lab.user) == []
    assert operations.restore_pairs(public_id, ids[1:], actor=lab.user) == ids[1:]
    assert [pair.state for pair in lab.pairs(public_id)] == ["dropped", "kept", "kept"]
    assert lab.job_of(public_id).pairs_version == 3, "what changed nothing is no change"
    assert lab.events_of(public_id)[1:] == ["Pairs Dropped", "Pairs Dropped", "Pairs Restored"]


def test_a_duplicate_can_be_put_into_the_files(lab: TrainingDataLab) -> None:
    public_id = lab.made(["a?", "a?"])
    lab.set_pair(public_id, 1, state="duplicate")
    pair = lab.pairs(public_id)[1]
    with pytest.raises(WrongState, match="is a duplicate"):
        operations.edit_pair(public_id, pair.id, question="b?", answer="No.", actor=lab.user)
    assert operations.restore_pairs(public_id, [pair.id], actor=lab.user) == [pair.id]
    assert lab.pairs(public_id)[1].state == "kept"


def test_pairs_are_changed_once_all_are_there(lab: TrainingDataLab) -> None:
    for status in set(AlignmentStatus) - {AlignmentStatus.COMPLETED}:
        public_id = lab.made(["a?"], status=status)
        [pair] = lab.pairs(public_id)
        with pytest.raises(WrongState):
            operations.edit_pair(public_id, pair.id, question="b?", answer="No.", actor=lab.user)
        with pytest.raises(WrongState):
            operations.drop_pairs(public_id, [pair.id], actor=lab.user)


def test_nobody_changes_pairs_of_others(lab: TrainingDataLab) -> None:
    public_id = lab.made(["a?"])
    [pair] = lab.pairs(public_id)
    for role in ("operator", "auditor"):
        someone = lab.someone(role, f"{role}@example.com")
        with pytest.raises(NotFound):
            operations.drop_pairs(public_id, [pair.id], actor=someone)
    admin = lab.someone("admin", "admin@example.com")
    assert operations.drop_pairs(public_id, [pair.id], actor=admin) == [pair.id]


def test_pairs_of_another_job_are_none_of_this(lab: TrainingDataLab) -> None:
    public_id, other = lab.made(["a?"]), lab.made(["b?"])
    ids = [lab.pairs(job)[0].id for job in (public_id, other)]
    with pytest.raises(NotFound):
        operations.drop_pairs(public_id, ids, actor=lab.user)
    with pytest.raises(NotFound):
        operations.edit_pair(public_id, ids[1], question="c?", answer="No.", actor=lab.user)
    with pytest.raises(BadInput, match="at least one"):
        operations.drop_pairs(public_id, [], actor=lab.user)
    assert lab.pairs(public_id)[0].state == "kept"


NARROWED = [
    (PairNarrowing(), ["Who leads?", "What is the definition of leave?", "Who LEADS 100%?", "d?"]),
    (PairNarrowing(search="leads"), ["Who leads?", "Who LEADS 100%?"]),
    (PairNarrowing(search="25 DAYS"), ["Who leads?", "What is the definition of leave?", "Who LEADS 100%?"]),
    (PairNarrowing(search="0%"), ["Who LEADS 100%?"]),
    (PairNarrowing(kind="definition"), ["What is the definition of leave?"]),
    (PairNarrowing(document=2), ["Who LEADS 100%?", "d?"]),
    (PairNarrowing(state="kept"), ["Who leads?", "What is the definition of leave?", "d?"]),
    (PairNarrowing(state="duplicate"), ["Who LEADS 100%?"]),
    (PairNarrowing(state="edited"), ["d?"]),
    (PairNarrowing(state="dropped"), []),
    (PairNarrowing(search="leads", document=1), ["Who leads?"]),
    (PairNarrowing(document=10**9), []),
]


def test_pairs_are_narrowed(lab: TrainingDataLab) -> None:
    public_id = lab.made(["Who leads?", "What is the definition of leave?"], ["Who LEADS 100%?", "x?"])
    lab.made(["Who leads?"])
    lab.set_pair(public_id, 2, state="duplicate")
    operations.edit_pair(public_id, lab.pairs(public_id)[3].id, question="d?", answer="No.", actor=lab.user)
    for narrowing, found in NARROWED:
        page = queries.pairs_page(lab.job_of(public_id), narrowing, 1)
        assert [pair.question for pair in page.items] == found, narrowing
        assert page.total == len(found)
        assert all(pair.passage.source.name in ("1.md", "2.md") for pair in page.items)


@pytest.mark.parametrize("status", [AlignmentStatus.FAILED, AlignmentStatus.CANCELLED])
def test_what_came_to_nothing_lists_no_pairs_though_some_are_still_there(
    lab: TrainingDataLab, status: AlignmentStatus
) -> None:
    job = lab.job_of(lab.made(["a?", "b?"], status=status))
    assert queries.pairs_part(job, PairNarrowing(), limit=25, offset=0).total == 0
    assert queries.pairs_page(job, PairNarrowing(), 1).items == []
