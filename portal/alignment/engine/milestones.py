"""What alignments add to timelines when they end: to their own, and to those of their data jobs.

Each belongs into the transaction in which it happens.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from portal import timeline
from portal.alignment.models import AlignmentJob, AlignmentSource
from portal.database import AnySession


def note_completed(session: AnySession, job: AlignmentJob, written: int) -> None:
    """Say that the files are in the library, with so many pairs."""
    _say(session, job, "Alignment Completed", f"{_many(written)} in the library.")


def note_written_again(session: AnySession, job: AlignmentJob, written: int) -> None:
    """Say that the files show the pairs as they are now."""
    message = f"The files were written again: {_many(written)} in them."
    timeline.record(session, "alignment_job", job.public_id, "Files Written Again", message)


def note_failed(session: AnySession, job: AlignmentJob) -> None:
    """Say why there is no training data."""
    _say(session, job, "Alignment Failed", str(job.error_message))


def note_cancelled(session: AnySession, job: AlignmentJob, actor: Any) -> None:
    """Say who stopped it."""
    _say(session, job, "Alignment Cancelled", "The making of training data was cancelled.", actor)


def _say(session: AnySession, job: AlignmentJob, event: str, message: str, actor: Any = None) -> None:
    pairs = session.scalar(select(func.sum(AlignmentSource.pairs)).where(AlignmentSource.alignment_job_id == job.id))
    details = {"alignment_job_id": job.public_id, "status": job.status, "pairs": int(pairs or 0)}
    timeline.record(session, "alignment_job", job.public_id, event, message, actor=actor, **details)
    if job.data_job_id:
        timeline.record(session, "data_job", job.data_job_id, event, message, actor=actor, **details)


def _many(pairs: int) -> str:
    return "1 question with its answer is" if pairs == 1 else f"{pairs:,} questions with their answers are"
