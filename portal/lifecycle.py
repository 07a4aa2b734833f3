"""Statuses and the one table of transitions. Anything that changes a status goes through `move`."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, update

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

RUN_ACTIVE = frozenset({RunStatus.PENDING, RunStatus.PROCESSING, RunStatus.CANCELLING})
RUN_FINISHED = frozenset(RunStatus) - RUN_ACTIVE


def move(
    session: AnySession,
    model: type[Any],
    row_id: int,
    to: RunStatus,
    *,
    only_from: Iterable[RunStatus] | None = None,
    **values: Any,
) -> bool:
    """Change one row's status if it may change now, in one conditional UPDATE; sets `values` with it.

    Returns False when the row was in no status that leads to `to`: someone else was first, read it again.
    `only_from` narrows the statuses to leave; one that the table doesn't know raises ValueError.
    """
    sources = {source for source, target in RUN_TRANSITIONS if target == to}
    if only_from is not None:
        wanted = set(only_from)
        if not wanted <= sources:
            raise ValueError(f"No transition leads from {sorted(wanted - sources)} to {to}.")
        sources = wanted
    result = session.execute(
        update(model).where(model.id == row_id, model.status.in_(sources)).values(status=to, **values)
    )
    return isinstance(result, CursorResult) and result.rowcount == 1
