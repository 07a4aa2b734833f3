"""Sentences that more than one place says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portal.alignment import wording as alignment_wording
from portal.datajobs.models import DataJob, DataJobType
from portal.datajobs.statuses import FileCounts, prerequisites

SHOWN = 3


def listing(names: Sequence[str]) -> str:
    """Names in a sentence: "a.pdf", "a.pdf and b.pdf", "a.pdf, b.pdf, c.pdf and 9 more"."""
    shown = list(names[:SHOWN])
    if len(names) > SHOWN:
        shown.append(f"{len(names) - SHOWN:,} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def status_message(job: DataJob, files: FileCounts) -> str:
    """How a data job stands: what is still being done, what it needs, that it can be started, or how its start went."""
    if job.alignment is not None:
        return alignment_wording.status_message(job.alignment)
    return needed_before_start(job.job_type, job.system_prompt, files)


def needed_before_start(job_type: DataJobType, system_prompt: str | None, files: FileCounts) -> str:
    """What stands between a data job and its start, or that it can be started."""
    if files.active:
        are = "is" if files.active == 1 else "are"
        return f"{files.active:,} of {files.total:,} files {are} still being processed."
    unmet = {needed.key for needed in prerequisites(job_type, system_prompt, files) if not needed.is_met}
    return " ".join(_needed(unmet, files)) or _all_there(job_type)


def _all_there(job_type: DataJobType) -> str:
    if job_type == DataJobType.CONTEXT_GROUNDED_VECTOR_DB:
        return "All files are ready, but this portal has no vector database: the job can't be started."
    return "Everything is there: the job can be started."


def _needed(unmet: set[str], files: FileCounts) -> Iterator[str]:
    if "files_added" in unmet:
        yield "Add at least one file."
    elif "usable_file" in unmet:
        yield "At least one file must be usable."
    if "failures_resolved" in unmet:
        what, them = ("1 file wasn't", "it") if files.open == 1 else (f"{files.open:,} files weren't", "them")
        yield f"{what} converted: retry, replace or remove {them}."
    if "system_prompt" in unmet:
        yield "Write a system prompt."
