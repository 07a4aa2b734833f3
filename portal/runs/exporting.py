"""Runs, and what is kept of one, as they are exported: read while they are written, with the shapes of the lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from portal.accounts.models import User
from portal.exports.columns import Columns
from portal.exports.formats import Export
from portal.exports.formulas import guarded, guarded_cells
from portal.runs import queries
from portal.runs.models import IngestErrorGroup, IngestRun
from portal.runs.queries import KeptRow
from portal.runs.serializers import event_shape, group_shape, row_shape, run_shape
from portal.runs.shapes import EventShape, GroupShape, RunShape
from portal.timeline import Event

Item = TypeVar("Item")

RUN, GROUP, EVENT = Columns(RunShape), Columns(GroupShape), Columns(EventShape)
ROW_NOTES = ("_status", "_error_message", "_row_number", "_settled_by_run_id")
"""What a row has beside its own cells. The two that a download of failed rows has as well have the same names there."""


def export_runs(user: User, *, status: str = "", importer: str = "") -> Export[IngestRun]:
    """The runs that `user` may see, newest first; those in `status`, or of `importer`, alone where it is given."""
    runs = queries.stream_runs(user, status=status, importer=importer)
    return _shaped("runs", runs, run_shape, RUN)


def export_rows(run: IngestRun, *, status: str = "", group: IngestErrorGroup | None = None) -> Export[KeptRow]:
    """The rows that are kept of `run`, in order; those with `status`, or of `group`, alone where it is given."""
    rows = queries.stream_rows(run, status=status, group=group)
    columns = [*map(guarded, run.headers), *ROW_NOTES]
    return Export(f"run-{run.id}-rows", rows, row_shape, columns, _cells_of_row)


def export_groups(run: IngestRun) -> Export[IngestErrorGroup]:
    """Why rows of `run` failed, the most frequent cause first."""
    return _shaped(f"run-{run.id}-groups", queries.error_groups(run.id), group_shape, GROUP)


def export_timeline(run: IngestRun) -> Export[Event]:
    """What happened to `run`, oldest first."""
    return _shaped(f"run-{run.id}-timeline", queries.stream_events(run.id), event_shape, EVENT)


def _shaped(
    name: str, items: Iterable[Item], shape: Callable[[Item], Mapping[str, Any]], columns: Columns
) -> Export[Item]:
    return Export(name, items, shape, columns.names, lambda item: columns.cells(shape(item)))


def _cells_of_row(row: KeptRow) -> list[object]:
    cells = guarded_cells(row.data.values())
    return [*cells, row.status, guarded(row.message), row.row_number, row.settled_by_run_id]
