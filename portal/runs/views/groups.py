"""The page of a group: the rows that failed alike."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import reader
from portal.runs import queries
from portal.runs.views.blueprint import blueprint
from portal.runs.views.reading import visible, visible_group
from portal.runs.views.row_parts import group_parts
from portal.web.requests import page_number


@blueprint.get("/<int:run_id>/groups/<key>")
@reader
def group(run_id: int, key: str) -> ResponseReturnValue:
    """The failed rows of one group."""
    shown = visible(run_id)
    found = visible_group(shown, key)
    page = queries.rows_of_group(shown, found, page_number())
    return render_template("runs/group.html", **group_parts(shown, found, page))
