"""Waking workers for alignments, cancelling and deleting them."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select

from portal import timeline
from portal.accounts.models import User
from portal.accounts.permissions import can_change
from portal.alignment import tasks
from portal.alignment.engine import clearing, handing_over, milestones
from portal.alignment.models import AlignmentJob, AlignmentSource
from portal.alignment.queries.jobs import visible_alignment
from portal.database import utcnow, writing
from portal.errors import NotFound, WrongState, no_such
from portal.extensions import db
from portal.files.storage import storage
from portal.lifecycle import AlignmentStatus, move


def wake(job_id: int) -> None:
    """Have workers begin with a job that was added, or write the files of one again whose pairs were changed. Follows
    the commit."""
    with writing(db.session):
        is_new = move(db.session, AlignmentJob, job_id, AlignmentStatus.QUEUED, updated_at=utcnow())
    few = select(AlignmentSource.id).where(AlignmentSource.alignment_job_id == job_id).limit(tasks.AT_ONCE)
    documents = len(db.session.scalars(few).all()) if is_new else 1
    db.session.commit()
    tasks.wake(documents)


def cancel(public_id: str, *, actor: User) -> AlignmentJob:
    """Stop a job: within two seconds nobody works on it any more, and what pairs there are goes. Raises NotFound,
    WrongState where it has ended."""
    with writing(db.session):
        job = _locked(public_id, actor)
        now = utcnow()
        if not move(db.session, AlignmentJob, job.id, AlignmentStatus.CANCELLED, stopped_at=now, updated_at=now):
            raise WrongState(_ENDED[job.status], fix="There is nothing to stop.")
        db.session.refresh(job)
        milestones.note_cancelled(db.session, job, actor)
    tasks.wake(1)
    return _reread(public_id, actor)


_ENDED = {
    AlignmentStatus.COMPLETED: "The training data is complete, so it can't be cancelled any more.",
    AlignmentStatus.FAILED: "The making of training data has failed, so it can't be cancelled any more.",
    AlignmentStatus.CANCELLED: "The making of training data was cancelled already.",
}


def delete(public_id: str, *, actor: User) -> None:
    """Forget a job with its pairs; its files of training data stay in the library. Raises NotFound, WrongState while it
    is at work."""
    with writing(db.session):
        job = _locked(public_id, actor)
        if job.is_active:
            raise WrongState("The training data is being made.", fix="Cancel that first.")
        job_id, in_hand = job.id, handing_over.keys_of(job.id, job.attempts) if job.worker else ()
        # Its files must stay as they are while its pairs go bit by bit, so nobody may write them again.
        job.jsonl_file_id = job.parquet_file_id = job.worker = job.lease_expires_at = None
    handing_over.remove_unwanted(db.session, storage(), in_hand)  # whoever had them in hand may have died
    clearing.remove_pairs(db.session, job_id)
    with writing(db.session):
        job = _locked(public_id, actor)
        message = "The alignment was deleted. Its files are still in the library."
        timeline.record(db.session, "alignment_job", public_id, "Deleted", message, actor=actor)
        if job.data_job_id:
            timeline.record(db.session, "data_job", job.data_job_id, "Alignment Deleted", message, actor=actor)
        db.session.delete(job)


def delete_of_data_job(data_job_id: str, *, actor: User) -> None:
    """Stop and delete the alignments of a data job, which is about to be deleted itself: to leave that to the database
    would take its write lock for seconds where there are many pairs."""
    query = select(AlignmentJob.public_id).where(AlignmentJob.data_job_id == data_job_id)
    for public_id in db.session.scalars(query).all():
        with suppress(WrongState):
            cancel(public_id, actor=actor)
        with suppress(NotFound):
            delete(public_id, actor=actor)


def no_alignment(public_id: str) -> NotFound:
    """What those are told who may not know more."""
    return no_such(f"alignment {public_id}")


def _locked(public_id: str, actor: User) -> AlignmentJob:
    """The job, if `actor` may change it; until the write transaction ends nobody else changes it."""
    query = select(AlignmentJob).where(AlignmentJob.public_id == public_id).with_for_update(key_share=True)
    job = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if job is None or not can_change(actor, job.user_id):
        raise no_alignment(public_id)
    return job


def _reread(public_id: str, actor: User) -> AlignmentJob:
    job = visible_alignment(actor, public_id)
    if job is None:
        raise no_alignment(public_id)
    return job
