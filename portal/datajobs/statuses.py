"""What follows from what: the status of an ingestion job from its records, that of a data job from its files and
settings, and what still stands between a data job and its start. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.datajobs.models import DataJobType
from portal.lifecycle import (
    RECORD_ACTIVE,
    RECORD_OPEN,
    AlignmentStatus,
    DataJobStatus,
    FileRecordStatus,
    IngestionJobStatus,
)


@dataclass(frozen=True)
class FileCounts:
    """How many files of a data job are in which state. `ready` are those of Markdown, which need no conversion."""

    ready: int = 0
    queued: int = 0
    running: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        return self.usable + self.active + self.open

    @property
    def usable(self) -> int:
        """What alignment can use."""
        return self.ready + self.completed

    @property
    def active(self) -> int:
        return self.queued + self.running

    @property
    def open(self) -> int:
        """What waits for a person."""
        return self.failed + self.cancelled


@dataclass(frozen=True)
class Prerequisite:
    """One thing that must be so before a data job can start. `key` names it for the page, which has the words."""

    key: str
    is_met: bool


def prerequisites(job_type: DataJobType, system_prompt: str | None, files: FileCounts) -> list[Prerequisite]:
    """What a data job needs, in the order in which people see to it."""
    needed = [
        Prerequisite("files_added", files.total > 0),
        Prerequisite("files_processed", files.active == 0),
        Prerequisite("failures_resolved", files.open == 0),
        Prerequisite("usable_file", files.usable > 0),
    ]
    if job_type == DataJobType.PRINCIPLE_FILES:
        needed.append(Prerequisite("system_prompt", bool(system_prompt and system_prompt.strip())))
    return needed


def data_job_status(
    job_type: DataJobType,
    system_prompt: str | None,
    files: FileCounts,
    alignment: AlignmentStatus | None = None,
) -> DataJobStatus | AlignmentStatus:
    """As in the reference, *Understand data job status*: once started, that of its alignment."""
    if alignment is not None:
        return alignment
    if files.active:
        return DataJobStatus.FILE_PROCESSING
    if all(needed.is_met for needed in prerequisites(job_type, system_prompt, files)):
        return DataJobStatus.READY_TO_START
    return DataJobStatus.NEEDS_REVIEW


def ingestion_job_status(records: Iterable[FileRecordStatus]) -> IngestionJobStatus:
    """Queued until the first file begins, running until the last one ends, failed where not all are converted."""
    seen = set(records)
    if seen & RECORD_ACTIVE:
        only_queued = seen == {FileRecordStatus.QUEUED}
        return IngestionJobStatus.QUEUED if only_queued else IngestionJobStatus.RUNNING
    return IngestionJobStatus.FAILED if seen & RECORD_OPEN else IngestionJobStatus.COMPLETED
