"""Sentences that more than one place says."""

from __future__ import annotations

from portal.alignment.models import AlignmentJob, StepKey
from portal.alignment.queries import AlignmentSummary
from portal.lifecycle import AlignmentStatus


def status_message(job: AlignmentJob) -> str:
    """How a job stands: what is going on, what came of it, or why it failed and what to do. Its steps needn't be
    loaded."""
    match job.status:
        case AlignmentStatus.PENDING | AlignmentStatus.QUEUED:
            return "The training data waits until a worker has time for it."
        case AlignmentStatus.RUNNING:
            return "Training data is being made."
        case AlignmentStatus.COMPLETED:
            return _completed(job)
        case AlignmentStatus.CANCELLED:
            return "It was cancelled, so there is no training data. Start again if you want it."
        case AlignmentStatus.FAILED:
            return " ".join(filter(None, (job.error_message, job.suggested_fix)))


def detailed_message(job: AlignmentJob, summary: AlignmentSummary) -> str:
    """The same of a job whose steps are loaded: with what is being done just now, and how many pairs came of it."""
    if job.status == AlignmentStatus.RUNNING:
        return _at_work(job, summary)
    if job.status == AlignmentStatus.COMPLETED:
        return f"{status_message(job)} {_pairs(summary.kept)} in it."
    return status_message(job)


def _completed(job: AlignmentJob) -> str:
    if job.is_out_of_date:
        return "Pairs were changed: the files of training data are being written again."
    return "The training data is in the library."


def _at_work(job: AlignmentJob, summary: AlignmentSummary) -> str:
    step = next((step.key for step in job.steps if not step.finished_at), StepKey.WRITING)
    if step == StepKey.DEDUPLICATING:
        return "Pairs that ask and answer the same are being looked for."
    if step == StepKey.WRITING:
        return f"{_pairs(summary.kept)} being written into the files."
    return f"Questions and answers are being made: {summary.sources_done:,} of {summary.sources:,} documents are done."


def _pairs(count: int) -> str:
    return "1 question with its answer is" if count == 1 else f"{count:,} questions with their answers are"
