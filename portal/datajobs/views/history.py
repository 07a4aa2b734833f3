"""The whole timeline of a data job, in pages."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal import timeline
from portal.accounts.permissions import reader
from portal.datajobs.views.blueprint import blueprint
from portal.datajobs.views.reading import visible
from portal.extensions import db
from portal.web.requests import page_number


@blueprint.get("/<public_id:job_id>/timeline")
@reader
def history(job_id: str) -> ResponseReturnValue:
    """All that happened to a data job, the newest first."""
    job = visible(job_id)
    page = timeline.events_page(db.session, "data_job", job.id, page_number())
    return render_template("datajobs/timeline.html", job=job, page=page)
