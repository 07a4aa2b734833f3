"""The whole timeline of a run, in pages: thousands of rows may have been edited."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal import timeline
from portal.accounts.permissions import reader
from portal.extensions import db
from portal.runs.views.blueprint import blueprint
from portal.runs.views.reading import visible
from portal.web.requests import page_number


@blueprint.get("/<int:run_id>/timeline")
@reader
def history(run_id: int) -> ResponseReturnValue:
    """All that happened to a run, the newest first."""
    run = visible(run_id)
    page = timeline.events_page(db.session, "run", run.id, page_number())
    return render_template("runs/timeline.html", run=run, page=page)
