"""The rows that are kept of a run, and edits of those that failed."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from portal.accounts.access import current_actor
from portal.accounts.permissions import reader, writer
from portal.api.endpoint import endpoint
from portal.api.lists import Listed, PageQuery, listed
from portal.api.parsing import Input, StrictInput
from portal.errors import BadInput
from portal.lifecycle import RowStatus
from portal.runs import queries
from portal.runs.api.blueprint import blueprint
from portal.runs.api.reading import visible
from portal.runs.checks import named_group
from portal.runs.editing import check_row, edit_row, existing_row
from portal.runs.models import IngestErrorGroup
from portal.runs.serializers import check_shape, row_shape
from portal.runs.shapes import EditedRowAnswer, RowShape, TracedRowAnswer
from portal.runs.trace_json import traced_row_json
from portal.runs.tracing import traced_row

ROW_ADDRESS = "/<int:run_id>/rows/<row:row_number>"


class RowsFilter(Input):
    """Which rows."""

    status: RowStatus | None = Field(None, description="Only those that ended so.")
    error: str | None = Field(
        None, min_length=1, max_length=120, description="Only those of this group of failures (`key` of the summary)."
    )


class RowsQuery(RowsFilter, PageQuery):
    """Which rows, and which part of them."""


class Edit(StrictInput):
    """New cells for a failed row, by header; the others stay."""

    data: dict[str, str] = Field(min_length=1, description="Header -> new text of the cell.")
    version: str | None = Field(
        None,
        max_length=100,
        description="The row's `version` as it was read: refused (409) where someone has edited the row since.",
    )
    dry_run: bool = Field(False, description="Check the row with these cells and keep nothing.")


@blueprint.get("/<int:run_id>/rows")
@reader
@endpoint("List rows", query=RowsQuery, answers=Listed[RowShape])
def rows(run_id: int, query: RowsQuery) -> dict[str, Any]:
    """The rows that are kept of a run, in order: those that failed, or all where the importer keeps all."""
    shown = visible(run_id)
    page, per_page = query.page, query.per_page
    if query.error is None:
        found = queries.rows_of(shown, status=query.status or "", page=page, per_page=per_page, beyond=True)
    else:
        found = queries.rows_of_group(shown, asked_group(run_id, query), page, per_page, beyond=True)
    return listed(found, row_shape)


@blueprint.get(ROW_ADDRESS)
@reader
@endpoint("Trace a row", answers=TracedRowAnswer)
def row(run_id: int, row_number: int) -> TracedRowAnswer:
    """One row that is kept, what is wrong with it, and each step from its cells to its values."""
    return traced_row_json(run_id, traced_row(visible(run_id), row_number))


@blueprint.patch(ROW_ADDRESS)
@writer
@endpoint("Edit a failed row", body=Edit, answers=EditedRowAnswer, refuses=(409,))
def edit(run_id: int, row_number: int, body: Edit) -> EditedRowAnswer:
    """Give a failed row other cells, to be retried with them. The answer says whether the row passes every rule now.
    Who did it, and what was there before, is kept in the run's timeline. With `version` an edit of someone else in
    between is noticed. With `dry_run` nothing is kept: the row is as it is, and the check as it would be."""
    if body.dry_run:
        shown = visible(run_id)
        check = check_row(shown, row_number, body.data)
        return {"data": row_shape(existing_row(shown, row_number)), "check": check_shape(check)}
    edited = edit_row(run_id, row_number, body.data, actor=current_actor(), version=body.version)
    return {"data": row_shape(edited.row), "check": check_shape(edited.check)}


def asked_group(run_id: int, query: RowsFilter) -> IngestErrorGroup:
    """The group of failures that `query.error` names. Raises BadInput."""
    if query.status not in (None, RowStatus.FAILED):
        raise BadInput("Only failed rows are in a group.", errors={"status": ["Leave it out beside error."]})
    return named_group(run_id, query.error or "")
