"""Pages that show alignment: the list, and one job with its documents."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal import timeline
from portal.accounts.access import current_actor
from portal.accounts.permissions import reader
from portal.alignment import queries
from portal.alignment.forms import TYPE_NAMES
from portal.alignment.models import AlignmentJob
from portal.alignment.operations.jobs import no_alignment
from portal.alignment.progress import progress_of
from portal.alignment.views.blueprint import blueprint
from portal.alignment.views.parts import alignment_parts
from portal.database import utcnow
from portal.extensions import db
from portal.web.requests import page_number, wants_fragment


@blueprint.get("/")
@reader
def alignments() -> ResponseReturnValue:
    """All training data: that of data jobs, and what was made of files by themselves."""
    page = queries.alignments_page(current_actor(), page_number())
    ids = [job.id for job in page.items]
    return render_template(
        "alignment/alignments.html",
        page=page,
        names=queries.first_names(ids),
        summaries=queries.summary_of(ids),
        progress={job.id: progress_of(job, utcnow()) for job in page.items},
        types=TYPE_NAMES,
    )


@blueprint.get("/<public_id:alignment_id>")
@reader
def alignment(alignment_id: str) -> ResponseReturnValue:
    """One job. The poll asks at the same address, and gets the part that changes by itself."""
    template = "alignment/_live.html" if wants_fragment() else "alignment/alignment.html"
    return render_template(template, **_live_parts(visible(alignment_id)))


def visible(alignment_id: str) -> AlignmentJob:
    """The job, if the signed-in user may see it. Raises NotFound."""
    found = queries.visible_alignment(current_actor(), alignment_id)
    if found is None:
        raise no_alignment(alignment_id)
    return found


def _live_parts(job: AlignmentJob) -> dict[str, Any]:
    """What the page is made from, for the page and the poll alike."""
    return {
        **alignment_parts(job, current_actor()),
        "name": queries.first_names([job.id]).get(job.id, ""),
        "documents": queries.sources_page(job, page_number()),
        "events": timeline.events_page(db.session, "alignment_job", job.public_id),
    }
