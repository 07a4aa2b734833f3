"""The whole timeline of alignment, in pages."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal import timeline
from portal.accounts.permissions import reader
from portal.alignment.views.blueprint import blueprint
from portal.alignment.views.reading import visible
from portal.extensions import db
from portal.web.requests import page_number


@blueprint.get("/<public_id:alignment_id>/timeline")
@reader
def history(alignment_id: str) -> ResponseReturnValue:
    """All that happened to the training data, the newest first."""
    job = visible(alignment_id)
    page = timeline.events_page(db.session, "alignment_job", job.public_id, page_number())
    return render_template("alignment/timeline.html", alignment=job, page=page)
