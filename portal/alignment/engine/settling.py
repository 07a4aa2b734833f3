"""What becomes of a job while its pairs are made: progress, pauses, failure, and the end of the first step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import exists, func, select, update

from portal.alignment.engine import milestones
from portal.alignment.engine.claims import FREE, Batch, JobClaim, SourceClaim, held, hold_job
from portal.alignment.models import AlignmentJob, AlignmentSource, AlignmentStep, StepKey
from portal.database import AnySession, utcnow, writing
from portal.lifecycle import AlignmentSourceStatus, AlignmentStatus, move

PAUSES = (timedelta(seconds=5), timedelta(seconds=20), timedelta(seconds=60))
"""How long a job waits while something that it needs is away, before people are told; none is longer than
`waiting.LONGEST_PAUSE`."""

NO_PAIRS = {
    "error_message": "No question with an answer could be made of these documents.",
    "suggested_fix": "Choose documents with sentences, lists or tables under headings, then start again.",
}
ALL_REFUSED = {
    "error_message": "Not one pair that the language model wrote stood the check against the text.",
    "suggested_fix": "Ask for the documents' own words in the instructions, or your administrator for another model.",
}


def note_progress(session: AnySession, job_id: int, more: int) -> None:
    """Note that so many more bytes are done, and end the step with the last document. The job must be locked."""
    session.execute(_step(job_id, StepKey.GENERATING).values(done=AlignmentStep.done + more))
    session.execute(update(AlignmentJob).where(AlignmentJob.id == job_id).values(updated_at=utcnow()))
    if not _has_sources_left(session, job_id):
        _end_generating(session, job_id)


def begin_step(session: AnySession, job_id: int, key: StepKey, total: int) -> None:
    """Note that a step begins, or begins again, of which so much is to be done."""
    started_at = func.coalesce(AlignmentStep.started_at, utcnow())
    session.execute(_step(job_id, key).values(total=total, done=0, started_at=started_at))


def end_step(session: AnySession, job_id: int, key: StepKey) -> None:
    """Note that all of a step is done."""
    session.execute(_step(job_id, key).values(done=AlignmentStep.total, finished_at=utcnow()))


def set_done(session: AnySession, job_id: int, key: StepKey, done: int) -> None:
    """Note how far a step is."""
    session.execute(_step(job_id, key).values(done=done))


def fail(session: AnySession, job_id: int, *, error_message: str, suggested_fix: str) -> None:
    """End a job, if it is at work, and say why; belongs into a write transaction."""
    now = utcnow()
    words: dict[str, Any] = {"error_message": error_message, "suggested_fix": suggested_fix}
    if move(session, AlignmentJob, job_id, AlignmentStatus.FAILED, stopped_at=now, updated_at=now, **words):
        job = session.get_one(AlignmentJob, job_id, populate_existing=True)
        milestones.note_failed(session, job)


def pause_sources(session: AnySession, batch: Batch, claim: SourceClaim) -> bool:
    """Have a job wait for what one of its documents needs and what is away: what the others need is that, too. False
    when it has waited often enough. Raises Cancelled."""
    with writing(session):
        ours = held(session, batch)
        pauses = session.scalar(select(AlignmentSource.pauses).where(AlignmentSource.id == claim.source_id)) or 0
        if pauses >= len(PAUSES):
            return False
        counted = update(AlignmentSource).where(AlignmentSource.id == claim.source_id)
        session.execute(counted.values(pauses=AlignmentSource.pauses + 1))
        freed = update(AlignmentSource).where(AlignmentSource.id.in_(ours))
        session.execute(freed.values(status=AlignmentSourceStatus.QUEUED, **FREE))
        is_queued = AlignmentSource.status == AlignmentSourceStatus.QUEUED
        waits = update(AlignmentSource).where(AlignmentSource.alignment_job_id == batch.job_id, is_queued)
        session.execute(waits.values(due_at=utcnow() + PAUSES[pauses]))
    return True


def fail_sources(session: AnySession, batch: Batch, *, error_message: str, suggested_fix: str) -> None:
    """End the job of a batch because of one of its documents. Raises Cancelled."""
    with writing(session):
        ours = held(session, batch)
        freed = update(AlignmentSource).where(AlignmentSource.id.in_(ours))
        session.execute(freed.values(status=AlignmentSourceStatus.QUEUED, **FREE))
        fail(session, batch.job_id, error_message=error_message, suggested_fix=suggested_fix)


def pause_job(session: AnySession, claim: JobClaim) -> bool:
    """Have the last steps wait for what is away; False when they have waited often enough. Files that are to be written
    again are waited for as long as it takes: the earlier ones are there. Raises Cancelled."""
    with writing(session):
        hold_job(session, claim)
        pauses = session.scalar(select(AlignmentJob.pauses).where(AlignmentJob.id == claim.job_id)) or 0
        if pauses >= len(PAUSES) and not claim.is_complete:
            return False
        pause = PAUSES[min(pauses, len(PAUSES) - 1)]
        values: dict[str, Any] = {"due_at": utcnow() + pause, "pauses": AlignmentJob.pauses + 1, **FREE}
        session.execute(update(AlignmentJob).where(AlignmentJob.id == claim.job_id).values(values))
    return True


def fail_job(session: AnySession, claim: JobClaim, *, error_message: str, suggested_fix: str) -> None:
    """End a job because of its last steps. Raises Cancelled."""
    with writing(session):
        hold_job(session, claim)
        fail(session, claim.job_id, error_message=error_message, suggested_fix=suggested_fix)


def _end_generating(session: AnySession, job_id: int) -> None:
    end_step(session, job_id, StepKey.GENERATING)
    summed = select(func.sum(AlignmentSource.pairs), func.sum(AlignmentSource.refused))
    pairs, refused = session.execute(summed.where(AlignmentSource.alignment_job_id == job_id)).one()
    if pairs:
        begin_step(session, job_id, StepKey.DEDUPLICATING, int(pairs))
    else:
        fail(session, job_id, **(ALL_REFUSED if refused else NO_PAIRS))


def _has_sources_left(session: AnySession, job_id: int) -> bool:
    is_left = AlignmentSource.status.in_([AlignmentSourceStatus.QUEUED, AlignmentSourceStatus.RUNNING])
    return bool(session.scalar(select(exists().where(AlignmentSource.alignment_job_id == job_id, is_left))))


def _step(job_id: int, key: StepKey) -> Any:
    return update(AlignmentStep).where(AlignmentStep.alignment_job_id == job_id, AlignmentStep.key == key)
