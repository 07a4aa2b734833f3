"""The page of one row: its cells, what is wrong with it, and how it became so."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import reader
from portal.runs.tracing import traced_row
from portal.runs.views.blueprint import blueprint
from portal.runs.views.reading import visible


@blueprint.get(f"/<int:run_id>/rows/<int(max={2**63 - 1}):row_number>")
@reader
def row(run_id: int, row_number: int) -> ResponseReturnValue:
    """One row that is kept of a run."""
    shown = visible(run_id)
    return render_template("runs/row.html", run=shown, traced=traced_row(shown, row_number))
