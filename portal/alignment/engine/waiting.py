"""What waits for a worker: documents of which pairs are to be made, and jobs with something left to do.

Nothing is taken before it is due, which is in the future while it pauses.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import aliased

from portal.alignment.models import AlignmentJob, AlignmentSource, AlignmentStep, StepKey
from portal.database import utcnow
from portal.lifecycle import AlignmentSourceStatus, AlignmentStatus

LONGEST_PAUSE = timedelta(minutes=2)
"""Nothing is put off for longer."""

AT_WORK = (AlignmentStatus.QUEUED, AlignmentStatus.RUNNING)

AT_ONCE = timedelta(0)


def jobs_with_waiting_sources(since: timedelta = AT_ONCE) -> Select[int]:
    """The jobs of which documents wait for a worker, and have waited for so long."""
    waits = exists().where(AlignmentSource.alignment_job_id == AlignmentJob.id, *source_waits(since))
    return select(AlignmentJob.id).where(AlignmentJob.status.in_(AT_WORK), waits).order_by(AlignmentJob.id)


def jobs_before_last_steps(since: timedelta = AT_ONCE) -> Select[int]:
    """The jobs that have all their pairs, and no worker for what is left to do."""
    step = (AlignmentStep.alignment_job_id == AlignmentJob.id, AlignmentStep.key == StepKey.GENERATING)
    has_all = exists().where(*step, AlignmentStep.finished_at.is_not(None))
    waits = (AlignmentJob.status == AlignmentStatus.RUNNING, *_job_waits(since), has_all)
    return select(AlignmentJob.id).where(*waits).order_by(AlignmentJob.id)


def jobs_out_of_date(since: timedelta = AT_ONCE) -> Select[int]:
    """The completed jobs whose pairs were changed since their files were written, and that no worker has in hand."""
    # As a query of its own, for which SQLite takes the small index of these alone.
    other = aliased(AlignmentJob)
    is_out_of_date = AlignmentJob.id.in_(select(other.id).where(other.pairs_version != other.written_version))
    has_files = AlignmentJob.jsonl_file_id.is_not(None)  # it is completed, then, and isn't being deleted
    return select(AlignmentJob.id).where(is_out_of_date, has_files, *_job_waits(since)).order_by(AlignmentJob.id)


def source_waits(since: timedelta = AT_ONCE) -> tuple[ColumnElement[bool], ...]:
    return AlignmentSource.status == AlignmentSourceStatus.QUEUED, _is_due(AlignmentSource, since)


def _job_waits(since: timedelta) -> tuple[ColumnElement[bool], ...]:
    return AlignmentJob.worker.is_(None), _is_due(AlignmentJob, since)


def _is_due(model: type[AlignmentJob] | type[AlignmentSource], since: timedelta) -> ColumnElement[bool]:
    """What is put off for longer than anything can be was so before the clock was set back: it is due, too."""
    now = utcnow()
    return or_(model.due_at <= now - since, model.due_at > now + LONGEST_PAUSE)
