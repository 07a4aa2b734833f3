"""What all changes of a data job begin with: the job, if it may be changed, and nobody else changing it meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.accounts.models import User
from portal.accounts.permissions import can_change
from portal.database import utcnow, writing
from portal.datajobs import queries
from portal.datajobs.models import DataJob
from portal.errors import WrongState, no_such
from portal.extensions import db
from portal.files.operations import discard_unused, remove_contents
from portal.lifecycle import AlignmentStatus


def changeable_job(job_id: str, actor: User) -> DataJob:
    """The job, if `actor` may change it; whoever may not is told that there is none. Raises NotFound."""
    job = queries.find_job(job_id)
    if job is None or not can_change(actor, job.user_id):
        raise no_such(f"data job {job_id}")
    return job


@dataclass
class Change:
    """A change of a job that is being made. `unused` are files of converted Markdown that it may have left unused,
    `unfinished` keys of the store below which may be what was never finished."""

    job: DataJob
    unused: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)


def locked_job(job_id: str, actor: User) -> DataJob:
    """The same in a write transaction, until whose end nobody else changes the job or settles a record of it."""
    # Weaker than the lock of an UPDATE, so that others may go on to refer to the job.
    db.session.execute(select(DataJob.id).where(DataJob.id == job_id).with_for_update(key_share=True)).all()
    return changeable_job(job_id, actor)


@contextmanager
def changing(job_id: str, actor: User, *, only_words: bool = False) -> Iterator[Change]:
    """A write transaction in which `actor` changes the job; two at once take turns. `only_words` are those that no
    training data depends on. Raises NotFound, and WrongState where training data is being made of the job, or was."""
    with writing(db.session):
        change = Change(locked_job(job_id, actor))
        if not only_words:
            _reopen(change.job)
        yield change
        change.job.updated_at = utcnow()
    discard_unused(change.unused)
    for key in change.unfinished:
        remove_contents(key)


def _reopen(job: DataJob) -> None:
    """Have the job be as before its start, where that came to nothing."""
    alignment = queries.alignment_of(job.id)
    if alignment is not None and alignment.is_active:
        raise WrongState("Training data is being made of this data job.", fix="Cancel that first, or wait for its end.")
    if alignment is not None and alignment.status == AlignmentStatus.COMPLETED:
        raise WrongState(
            "The training data of this data job is complete, so what it was made of can't be changed any more.",
            fix="Clone the data job, and change the copy.",
        )
    job.alignment_job_id = None
