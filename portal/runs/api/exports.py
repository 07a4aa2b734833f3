"""Exports: all of something in one file, written while it is read."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from flask import Response
from typing_extensions import TypedDict

from portal.accounts.access import current_actor
from portal.accounts.permissions import reader
from portal.api.endpoint import endpoint
from portal.exports.formats import Export, Format, written
from portal.runs.api.blueprint import blueprint
from portal.runs.api.reading import RunsFilter, visible
from portal.runs.api.rows import RowsFilter, asked_group
from portal.runs.exporting import export_groups, export_rows, export_runs, export_timeline
from portal.runs.shapes import EventShape, GroupShape, RowShape, RunShape
from portal.web.attachments import attachment

FORMAT = f"<any({', '.join(Format)}):format>"
OTHERS = (Format.JSONL.mimetype, Format.CSV.mimetype)

Shape = TypeVar("Shape")


class Exported(TypedDict, Generic[Shape]):
    """All of it."""

    data: list[Shape]


@blueprint.get(f"/exports/runs.{FORMAT}")
@reader
@endpoint("Export runs", answers=Exported[RunShape], query=RunsFilter, media=OTHERS)
def exported_runs(format: str, query: RunsFilter) -> Response:
    """All runs that the account may see, newest first, as they are in the list."""
    return _file(export_runs(current_actor(), status=query.status or "", importer=query.importer or ""), format)


@blueprint.get(f"/<int:run_id>/exports/rows.{FORMAT}")
@reader
@endpoint("Export rows", answers=Exported[RowShape], query=RowsFilter, media=OTHERS)
def exported_rows(run_id: int, format: str, query: RowsFilter) -> Response:
    """All rows that are kept of a run, in order: those that failed, or all where the importer keeps all. As CSV, the
    original columns come first, then `_status`, `_error_message`, `_row_number` and `_settled_by_run_id`."""
    run = visible(run_id)
    group = asked_group(run_id, query) if query.error is not None else None
    return _file(export_rows(run, status=query.status or "", group=group), format)


@blueprint.get(f"/<int:run_id>/exports/groups.{FORMAT}")
@reader
@endpoint("Export groups of failures", answers=Exported[GroupShape], media=OTHERS)
def exported_groups(run_id: int, format: str) -> Response:
    """Why rows of a run failed, the most frequent cause first, as they are in the summary."""
    return _file(export_groups(visible(run_id)), format)


@blueprint.get(f"/<int:run_id>/exports/timeline.{FORMAT}")
@reader
@endpoint("Export a timeline", answers=Exported[EventShape], media=OTHERS)
def exported_timeline(run_id: int, format: str) -> Response:
    """What happened to a run, oldest first: who did what, and each edit of a row with what was there before."""
    return _file(export_timeline(visible(run_id)), format)


def _file(export: Export[Any], format: str) -> Response:
    chosen = Format(format)
    return attachment(written(export, chosen), chosen.mimetype, f"{export.name}.{chosen}")
