"""Statuses and the one table of transitions. Anything that changes a status goes through `move`."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, update

from portal.database import AnySession


class RunStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed_with_errors"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


class ChunkStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    DONE = "done"


class RowStatus(StrEnum):
    """What became of a row; it never changes."""

    FAILED = "failed"
    SUCCESSFUL = "successful"
    SKIPPED = "skipped"


class FileRecordStatus(StrEnum):
    """How far the conversion of one file has come."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class IngestionJobStatus(StrEnum):
    """Follows from the file records of the job; it isn't kept."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class DataJobStatus(StrEnum):
    """Follows from the files of the job and its settings; it isn't kept."""

    FILE_PROCESSING = "file_processing"
    NEEDS_REVIEW = "needs_review"
    READY_TO_START = "ready_to_start"


class AlignmentStatus(StrEnum):
    """How far the making of training data has come."""

    PENDING = "pending"
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class AlignmentSourceStatus(StrEnum):
    """How far the pairs of one document have come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"


RUN_TRANSITIONS: dict[tuple[RunStatus, RunStatus], str] = {
    (RunStatus.PENDING, RunStatus.PROCESSING): "a worker begins to stage the file",
    (RunStatus.PENDING, RunStatus.CANCELLED): "cancelled before any worker began",
    (RunStatus.PENDING, RunStatus.FAILED): "its file or importer is gone before any worker began",
    (RunStatus.PROCESSING, RunStatus.COMPLETED): "all rows are in, or left out on purpose: not one failed",
    (RunStatus.PROCESSING, RunStatus.COMPLETED_WITH_ERRORS): "the last chunk is done and rows failed",
    (RunStatus.PROCESSING, RunStatus.FAILED): "the file can't be read, work on it failed too often, or its rows did",
    (RunStatus.PROCESSING, RunStatus.CANCELLING): "someone asked to cancel while workers were busy with it",
    (RunStatus.CANCELLING, RunStatus.CANCELLED): "the last worker let go of it",
    (RunStatus.CANCELLING, RunStatus.FAILED): "the run broke before the last worker let go of it",
}

FILE_RECORD_TRANSITIONS: dict[tuple[FileRecordStatus, FileRecordStatus], str] = {
    (FileRecordStatus.QUEUED, FileRecordStatus.RUNNING): "a worker begins to convert the file",
    (FileRecordStatus.QUEUED, FileRecordStatus.CANCELLED): "cancelled before any worker began",
    (FileRecordStatus.RUNNING, FileRecordStatus.COMPLETED): "its Markdown is in the store",
    (FileRecordStatus.RUNNING, FileRecordStatus.FAILED): "it can't be converted",
    (FileRecordStatus.RUNNING, FileRecordStatus.QUEUED): "its worker died, or what it needs was away for the moment",
    (FileRecordStatus.RUNNING, FileRecordStatus.CANCELLED): "cancelled; its worker finds that out and stops",
    (FileRecordStatus.FAILED, FileRecordStatus.QUEUED): "someone retried it",
    (FileRecordStatus.CANCELLED, FileRecordStatus.QUEUED): "someone retried it",
}

ALIGNMENT_TRANSITIONS: dict[tuple[AlignmentStatus, AlignmentStatus], str] = {
    (AlignmentStatus.PENDING, AlignmentStatus.QUEUED): "the workers were told of it",
    (AlignmentStatus.PENDING, AlignmentStatus.CANCELLED): "cancelled before any worker was told",
    (AlignmentStatus.QUEUED, AlignmentStatus.RUNNING): "a worker begins with its first document",
    (AlignmentStatus.QUEUED, AlignmentStatus.CANCELLED): "cancelled before any worker began",
    (AlignmentStatus.RUNNING, AlignmentStatus.COMPLETED): "its files are in the library",
    (AlignmentStatus.RUNNING, AlignmentStatus.FAILED): "a document can't be read, or no pairs can be made",
    (AlignmentStatus.RUNNING, AlignmentStatus.CANCELLED): "cancelled; its workers find that out and stop",
}

ALIGNMENT_SOURCE_TRANSITIONS: dict[tuple[AlignmentSourceStatus, AlignmentSourceStatus], str] = {
    (AlignmentSourceStatus.QUEUED, AlignmentSourceStatus.RUNNING): "a worker begins to make pairs of it",
    (AlignmentSourceStatus.RUNNING, AlignmentSourceStatus.DONE): "its pairs are kept",
    (AlignmentSourceStatus.RUNNING, AlignmentSourceStatus.QUEUED): "its worker died, or what it needs was away",
}

TRANSITIONS: dict[type[StrEnum], dict[Any, str]] = {
    RunStatus: RUN_TRANSITIONS,
    FileRecordStatus: FILE_RECORD_TRANSITIONS,
    AlignmentStatus: ALIGNMENT_TRANSITIONS,
    AlignmentSourceStatus: ALIGNMENT_SOURCE_TRANSITIONS,
}

RECORD_ACTIVE = frozenset({FileRecordStatus.QUEUED, FileRecordStatus.RUNNING})
RECORD_OPEN = frozenset({FileRecordStatus.FAILED, FileRecordStatus.CANCELLED})
"""What waits for a person: to be retried, replaced or removed."""

ALIGNMENT_ACTIVE = frozenset({AlignmentStatus.PENDING, AlignmentStatus.QUEUED, AlignmentStatus.RUNNING})
ALIGNMENT_WITHOUT_RESULT = frozenset({AlignmentStatus.FAILED, AlignmentStatus.CANCELLED})

RUN_ACTIVE = frozenset({RunStatus.PENDING, RunStatus.PROCESSING, RunStatus.CANCELLING})
RUN_FINISHED = frozenset(RunStatus) - RUN_ACTIVE


def move(
    session: AnySession,
    model: type[Any],
    row_id: int,
    to: StrEnum,
    *,
    only_from: Iterable[StrEnum] | None = None,
    **values: Any,
) -> bool:
    """Change one row's status if it may change now, in one conditional UPDATE; sets `values` with it.

    Returns False when the row was in no status that leads to `to`: someone else was first, read it again.
    `only_from` narrows the statuses to leave; one that the table doesn't know raises ValueError.
    """
    result = session.execute(
        update(model).where(model.id == row_id, may_become(model, to, only_from)).values(status=to, **values)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1


def may_become(model: type[Any], to: StrEnum, only_from: Iterable[StrEnum] | None = None) -> ColumnElement[bool]:
    """The condition under which rows of `model` may change to the status `to`, for an UPDATE of many.

    `only_from` narrows the statuses to leave; one that the table doesn't know raises ValueError.
    """
    sources = {source for source, target in TRANSITIONS[type(to)] if target == to}
    wanted = sources if only_from is None else set(only_from)
    if not wanted <= sources:
        raise ValueError(f"No transition leads from {sorted(wanted - sources)} to {to}.")
    condition: ColumnElement[bool] = model.status.in_(wanted)
    return condition
