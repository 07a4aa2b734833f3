"""Changing pairs of a completed job: to edit, drop and restore them. The files are written again afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import select, update

from portal import timeline
from portal.accounts.models import User
from portal.accounts.permissions import can_change
from portal.alignment.generating.pairs import digest_of
from portal.alignment.models import AlignmentJob, PairState, TrainingPair
from portal.alignment.operations.jobs import no_alignment, wake
from portal.alignment.queries.pairs import find_pair
from portal.database import can_be_kept, utcnow, writing
from portal.errors import BadInput, NotFound, WrongState
from portal.extensions import db
from portal.lifecycle import AlignmentStatus

LONGEST_QUESTION = 10_000
LONGEST_ANSWER = 100_000
"""Characters that a person may write."""

MOST_NAMED = 100
"""So many pairs are named in an event of the timeline."""


class EditedMeanwhile(WrongState):
    """Someone else was first."""

    def __init__(self) -> None:
        super().__init__(
            "Someone has changed this pair since you opened it.",
            fix="Look at what it is now, then save yours over it or take theirs.",
        )


def version_of(pair: TrainingPair) -> str:
    """Tells two states of a pair apart: who edits it sends back the one that they have seen."""
    parts = (pair.question, pair.answer, pair.state)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def edit_pair(
    public_id: str, pair_id: int, *, question: str, answer: str, actor: User, version: str | None = None
) -> TrainingPair:
    """Give a pair another question or answer; what it was at first stays known. One that now says the same as another
    stays: whoever wrote it wanted it. An edit that changes nothing is no event.

    `version` is that of the pair as the editor has seen it; without it, what others did meanwhile isn't asked for.
    Raises NotFound, BadInput naming the field, WrongState where the job isn't completed or the pair isn't in the files,
    and EditedMeanwhile.
    """
    given = _checked(question, answer)
    with _changing(public_id, actor) as job:
        pair = _pair_in_files(job, pair_id)
        if version is not None and version != version_of(pair):
            raise EditedMeanwhile
        if given != (pair.question, pair.answer):
            _write(pair, *given)
            _changed(job, "Pair Edited", "A question or its answer was edited.", actor, [pair_id])
    return _reread(public_id, pair_id)


def revert_pair(public_id: str, pair_id: int, *, actor: User) -> TrainingPair:
    """Make an edited pair what it was at first. Raises as `edit_pair`, and WrongState where nobody edited it."""
    with _changing(public_id, actor) as job:
        pair = _pair_in_files(job, pair_id)
        if pair.original_question is None or pair.original_answer is None:
            raise WrongState("This pair is as it was made.", fix="There is nothing to take back.")
        _write(pair, pair.original_question, pair.original_answer)
        _changed(job, "Pair Reverted", "A question and its answer are as they were made again.", actor, [pair_id])
    return _reread(public_id, pair_id)


def drop_pairs(public_id: str, pair_ids: Collection[int], *, actor: User) -> list[int]:
    """Take pairs out of the files; those that were in them. Raises BadInput without pairs, NotFound, WrongState."""
    return _move(public_id, pair_ids, {PairState.KEPT}, PairState.DROPPED, actor)


def restore_pairs(public_id: str, pair_ids: Collection[int], *, actor: User) -> list[int]:
    """Put pairs into the files that were dropped, or left out as duplicates; those that weren't in them. Raises as
    `drop_pairs`."""
    return _move(public_id, pair_ids, {PairState.DROPPED, PairState.DUPLICATE}, PairState.KEPT, actor)


def counted(count: int) -> str:
    """In words: "1 pair was", "12 pairs were"."""
    return f"{count:,} pair{'' if count == 1 else 's'} {'was' if count == 1 else 'were'}"


def no_pair(pair_id: int) -> NotFound:
    return NotFound(f"There is no pair {pair_id} in this training data.", fix="It may have been deleted meanwhile.")


def _move(
    public_id: str, pair_ids: Collection[int], only_from: Collection[PairState], to: PairState, actor: User
) -> list[int]:
    if not pair_ids:
        raise BadInput("Choose at least one pair.", errors={"pair_ids": ["Choose at least one pair."]})
    with _changing(public_id, actor) as job:
        found = select(TrainingPair.id, TrainingPair.state)
        found = found.where(TrainingPair.alignment_job_id == job.id, TrainingPair.id.in_(pair_ids))
        states: dict[int, PairState] = dict(iter(db.session.execute(found)))
        if missing := set(pair_ids) - states.keys():
            raise no_pair(min(missing))
        moved = [pair_id for pair_id, state in states.items() if state in only_from]
        if moved:
            db.session.execute(update(TrainingPair).where(TrainingPair.id.in_(moved)).values(state=to))
            event, word = ("Pairs Dropped", "dropped") if to == PairState.DROPPED else ("Pairs Restored", "restored")
            _changed(job, event, f"{counted(len(moved))} {word}.", actor, moved)
    return moved


@contextmanager
def _changing(public_id: str, actor: User) -> Iterator[AlignmentJob]:
    """A write transaction in which `actor` changes pairs of the job; two at once take turns, and so does who notes that
    its files are written. Afterwards workers bring them up to date."""
    with writing(db.session):
        query = select(AlignmentJob).where(AlignmentJob.public_id == public_id).with_for_update()
        job = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
        if job is None or not can_change(actor, job.user_id):
            raise no_alignment(public_id)
        if job.status != AlignmentStatus.COMPLETED:
            raise WrongState(
                "Pairs can be changed once all of them are there.",
                fix="Wait until the training data is completed." if job.is_active else "",
            )
        yield job
        job_id, is_out_of_date = job.id, job.is_out_of_date
    if is_out_of_date:  # it may be deleted by now
        wake(job_id)


def _changed(job: AlignmentJob, event: str, words: str, actor: User, pair_ids: list[int]) -> None:
    job.pairs_version += 1
    job.updated_at = utcnow()
    named = pair_ids[:MOST_NAMED]
    timeline.record(db.session, "alignment_job", job.public_id, event, words, actor=actor, pair_ids=named)


def _pair_in_files(job: AlignmentJob, pair_id: int) -> TrainingPair:
    pair = find_pair(job, pair_id)
    if pair is None:
        raise no_pair(pair_id)
    if pair.state != PairState.KEPT:
        left_out = "was dropped" if pair.state == PairState.DROPPED else "is a duplicate"
        raise WrongState(f"This pair {left_out}, so it isn’t in the files.", fix="Restore it first.")
    return pair


def _write(pair: TrainingPair, question: str, answer: str) -> None:
    """What is as it was made counts as unedited again."""
    made = (pair.original_question or pair.question, pair.original_answer or pair.answer)
    pair.original_question, pair.original_answer = made if made != (question, answer) else (None, None)
    pair.question, pair.answer = question, answer
    pair.digest = digest_of(question, answer)


def _reread(public_id: str, pair_id: int) -> TrainingPair:
    job = db.session.scalar(select(AlignmentJob).where(AlignmentJob.public_id == public_id))
    pair = find_pair(job, pair_id) if job else None
    if pair is None:
        raise no_pair(pair_id)
    return pair


def _checked(question: str, answer: str) -> tuple[str, str]:
    """As they are kept. Raises BadInput."""
    given = question.strip(), answer.strip()
    wrong = {
        "question": _what_is_wrong(given[0], "Write a question.", LONGEST_QUESTION),
        "answer": _what_is_wrong(given[1], "Write an answer.", LONGEST_ANSWER),
    }
    if errors := {field: [message] for field, message in wrong.items() if message}:
        raise BadInput("The pair can’t be kept like this.", errors=errors)
    return given


def _what_is_wrong(text: str, if_empty: str, most: int) -> str:
    if not text:
        return if_empty
    if len(text) > most:
        return f"At most {most:,} characters, please."
    return "" if can_be_kept(text) else "It has characters that no database keeps: NUL, or half of a pair."
