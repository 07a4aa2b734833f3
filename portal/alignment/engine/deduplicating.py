"""Finding pairs that ask and answer the same as an earlier one of the job. Done again, it finds the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Row, exists, func, select, update
from sqlalchemy.orm import aliased

from portal.alignment.engine import settling
from portal.alignment.engine.claims import JobClaim, hold_job
from portal.alignment.models import AlignmentStep, PairState, StepKey, TrainingPair
from portal.database import AnySession, writing

AT_ONCE = 5_000
"""So many pairs are looked at before a transaction marks those of them that are duplicates."""


def deduplicate(session: AnySession, claim: JobClaim) -> None:
    """Mark all but the first of pairs that are the same, unless that is done. Raises Cancelled."""
    if _is_finished(session, claim.job_id):
        return
    done = 0
    for rows in _ranges(session, claim.job_id):
        done += len(rows)
        duplicates = [pair_id for pair_id, _, is_duplicate in rows if is_duplicate]
        with writing(session):
            hold_job(session, claim)
            if duplicates:
                marked = update(TrainingPair).where(TrainingPair.id.in_(duplicates))
                session.execute(marked.values(state=PairState.DUPLICATE), execution_options=_UNSYNCHRONISED)
            settling.set_done(session, claim.job_id, StepKey.DEDUPLICATING, done)
    with writing(session):
        hold_job(session, claim)
        settling.end_step(session, claim.job_id, StepKey.DEDUPLICATING)
        settling.begin_step(session, claim.job_id, StepKey.WRITING, _count_kept(session, claim.job_id))


_UNSYNCHRONISED = {"synchronize_session": False}


def _ranges(session: AnySession, job_id: int) -> Iterator[Sequence[Row[int, int, bool]]]:
    """Id and position of all pairs in their order, and whether an earlier one is the same."""
    earlier = aliased(TrainingPair)
    is_duplicate = exists().where(
        earlier.alignment_job_id == TrainingPair.alignment_job_id,
        earlier.digest == TrainingPair.digest,
        earlier.position < TrainingPair.position,
    )
    of_job = select(TrainingPair.id, TrainingPair.position, is_duplicate).where(TrainingPair.alignment_job_id == job_id)
    query, after = of_job.order_by(TrainingPair.position).limit(AT_ONCE), 0
    while rows := session.execute(query.where(TrainingPair.position > after)).all():
        after = rows[-1].position
        yield rows


def _is_finished(session: AnySession, job_id: int) -> bool:
    query = select(AlignmentStep.finished_at).where(AlignmentStep.alignment_job_id == job_id)
    return session.scalar(query.where(AlignmentStep.key == StepKey.DEDUPLICATING)) is not None


def _count_kept(session: AnySession, job_id: int) -> int:
    query = select(func.count()).where(TrainingPair.alignment_job_id == job_id, TrainingPair.state == PairState.KEPT)
    return session.scalar(query) or 0
