"""Having training data made of a data job."""

from __future__ import annotations

from portal import timeline
from portal.accounts.models import User
from portal.alignment import operations as alignment
from portal.alignment.models import AlignmentType
from portal.datajobs import queries
from portal.datajobs.models import DataJob, DataJobType
from portal.datajobs.operations.changing import changeable_job, changing
from portal.datajobs.operations.processing import cancel_processing
from portal.datajobs.statuses import data_job_status
from portal.datajobs.wording import needed_before_start
from portal.errors import WrongState
from portal.extensions import db
from portal.idempotency import Once
from portal.lifecycle import DataJobStatus

ALIGNMENT_TYPES = {
    DataJobType.PRINCIPLE_FILES: AlignmentType.PRINCIPLE,
    DataJobType.CONTEXT_GROUNDED_FILES: AlignmentType.CONTEXT_DATA,
}


def start_job(job_id: str, *, actor: User, once: Once | None = None) -> DataJob:
    """Have training data made of the job's Markdown. One whose training data failed or was cancelled may be started
    again. Raises NotFound, and WrongState saying what is needed first; StartedBefore where a request that is the same
    `once` started it already."""
    with changing(job_id, actor) as change:
        alignment_type = _startable(change.job)
        started = alignment.add_job(
            queries.markdown_of(job_id),
            actor=actor,
            user_id=change.job.user_id,
            alignment_type=alignment_type,
            system_prompt=change.job.system_prompt or "",
            instructions=change.job.instructions or "",
            data_job_id=job_id,
        )
        if once:
            once.claim(db.session, started.id)
        change.job.alignment_job_id = started_id = started.id
        message, details = "The making of training data was started.", {"alignment_job_id": started.public_id}
        timeline.record(db.session, "data_job", job_id, "Alignment Started", message, actor=actor, **details)
    alignment.wake(started_id)  # the job may be deleted by now
    return change.job


def cancel_job(job_id: str, *, actor: User) -> None:
    """Stop what is done for the job: the making of its training data, or the conversion of its files. Raises NotFound,
    and WrongState where nothing is being done."""
    changeable_job(job_id, actor)
    at_work = queries.alignment_of(job_id)
    if at_work is not None and at_work.is_active:
        alignment.cancel(at_work.public_id, actor=actor)
    else:
        cancel_processing(job_id, actor=actor)


def _startable(job: DataJob) -> AlignmentType:
    """What kind of training data the job makes, if it may be started. Raises WrongState."""
    if job.job_type not in ALIGNMENT_TYPES:
        raise WrongState(
            "This portal has no vector database, so a data job of this type can't be started.",
            fix=f"Make a data job of the type {DataJobType.CONTEXT_GROUNDED_FILES} with the same files.",
        )
    about = job.job_type, job.system_prompt, queries.counts_of([job.id])[job.id]
    if data_job_status(*about) != DataJobStatus.READY_TO_START:
        raise WrongState("The data job can't be started yet.", fix=needed_before_start(*about))
    return ALIGNMENT_TYPES[job.job_type]
