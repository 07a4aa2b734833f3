"""The page of one row: its cells, what is wrong with it, how it became so, and where it can be edited a form."""

from __future__ import annotations

from http import HTTPStatus

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import reader
from portal.runs.models import IngestRun
from portal.runs.row_forms import RowForm, row_form
from portal.runs.tracing import TracedRow, traced_row
from portal.runs.views.blueprint import ROW_ADDRESS, blueprint
from portal.runs.views.reading import visible
from portal.runs.views.row_parts import known_errors, may_edit


@blueprint.get(ROW_ADDRESS)
@reader
def row(run_id: int, row_number: int) -> ResponseReturnValue:
    """One row that is kept of a run."""
    return row_page(visible(run_id), row_number)


def row_page(run: IngestRun, row_number: int, refused: RowForm | None = None) -> ResponseReturnValue:
    """The page with its form, or with the one whose cells were `refused`."""
    traced = traced_row(run, row_number)
    form = refused or _form(run, traced)
    page = render_template("runs/row.html", run=run, traced=traced, form=form)
    return page, refused.problem.status if refused and refused.problem else HTTPStatus.OK


def _form(run: IngestRun, traced: TracedRow) -> RowForm | None:
    if not traced.row.is_open or not may_edit(run):
        return None
    return row_form(run, traced.row, known_errors(run, traced.row))
