"""Removing pairs that nobody wants any more, some at a time: SQLite's write lock is never held for long."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import Select, delete, exists, select

from portal.alignment.engine.claims import lock
from portal.alignment.models import AlignmentJob, AlignmentPassage, AlignmentSource, TrainingPair
from portal.database import AnySession, writing
from portal.lifecycle import ALIGNMENT_WITHOUT_RESULT

PASSAGES = 500
"""So many passages go at a time, with all their pairs."""

SOURCES = 100
"""So many documents are looked through at a time."""


def clear_ended(session: AnySession) -> None:
    """Remove what jobs had made that failed or were cancelled."""
    for job_id in session.scalars(ended_with_pairs()).all():
        remove_pairs(session, job_id)
    session.commit()


def ended_with_pairs() -> Select[int]:
    """The jobs of which that is to be removed."""
    has_pairs = exists().where(TrainingPair.alignment_job_id == AlignmentJob.id)
    return select(AlignmentJob.id).where(AlignmentJob.status.in_(ALIGNMENT_WITHOUT_RESULT), has_pairs)


def remove_pairs(session: AnySession, job_id: int) -> None:
    """Remove all passages and pairs of a job that nobody works on; who changes pairs of it meanwhile takes turns."""
    sources = select(AlignmentSource.id).where(AlignmentSource.alignment_job_id == job_id)
    source_ids = session.scalars(sources).all()
    for first in range(0, len(source_ids), SOURCES):
        remove_pairs_of(session, source_ids[first : first + SOURCES], check=lambda: lock(session, job_id))


def remove_pairs_of(
    session: AnySession, source_ids: Collection[int], check: Callable[[], object] = lambda: None
) -> None:
    """The same for some documents. `check` is called at the beginning of each transaction, and ends this by raising."""
    found = select(AlignmentPassage.id).where(AlignmentPassage.source_id.in_(source_ids))
    while session.scalar(found.limit(1)) is not None:
        with writing(session):
            check()
            # Found only now: SQLite gives the ids of what another has removed meanwhile to rows that are added then.
            passages = session.scalars(found.limit(PASSAGES)).all()
            session.execute(delete(TrainingPair).where(TrainingPair.passage_id.in_(passages)))
            session.execute(delete(AlignmentPassage).where(AlignmentPassage.id.in_(passages)))
    session.commit()
