"""Pages that show data jobs: the list, and one job with its files."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import timeline
from portal.accounts.access import current_actor
from portal.accounts.permissions import can_change, reader
from portal.alignment.operations import Suggestion
from portal.alignment.queries import visible_alignment
from portal.alignment.views.parts import alignment_parts
from portal.datajobs import queries
from portal.datajobs.forms import KIND_NAMES, METHOD_NAMES, STATUS_NAMES, TYPE_NAMES, FilesForm, SystemPromptForm
from portal.datajobs.models import DataJob
from portal.datajobs.statuses import data_job_status, prerequisites
from portal.datajobs.views.blueprint import blueprint
from portal.errors import no_such
from portal.extensions import db
from portal.files.operations import MOST_FILES
from portal.lifecycle import ALIGNMENT_ACTIVE, AlignmentStatus
from portal.progress import Progress
from portal.web.requests import page_number, wants_fragment

FILTERS = ("status", "job_type", "search")
NEWEST_FIRST = "created_at"
SETTLED = ALIGNMENT_ACTIVE | {AlignmentStatus.COMPLETED}


@blueprint.get("/")
@reader
def jobs() -> ResponseReturnValue:
    """All data jobs; `?sort=` is one of `SORTS`, backwards with a hyphen before it."""
    filters = {name: request.args.get(name, "").strip() for name in FILTERS}
    sort, ascending = _order(request.args.get("sort", ""))
    narrowing = queries.Narrowing(**filters, sort=sort, ascending=ascending)
    page = queries.jobs_page(current_actor(), narrowing, page_number())
    counts = queries.counts_of([job.id for job in page.items])
    return render_template(
        "datajobs/jobs.html",
        page=page,
        counts=counts,
        status_of={
            job.id: data_job_status(job.job_type, job.system_prompt, counts[job.id], job.alignment_status)
            for job in page.items
        },
        filters=filters,
        kept={name: value for name, value in filters.items() if value},
        sort=sort,
        ascending=ascending,
        statuses=STATUS_NAMES,
        types=TYPE_NAMES,
    )


@blueprint.get("/<public_id:job_id>")
@reader
def job(job_id: str) -> ResponseReturnValue:
    """One data job. The poll asks at the same address, and gets the part that changes by itself."""
    return job_page(visible(job_id))


@blueprint.get("/<public_id:job_id>/files/upload")
@blueprint.get("/<public_id:job_id>/system-prompt")
@blueprint.get("/<public_id:job_id>/system-prompt/suggest")
@reader
def answered(job_id: str) -> ResponseReturnValue:
    """Where a form is sent to that the page of the job answers: the pager of that page, and who asks for it anew, come
    here."""
    return to_job(job_id)


def job_page(
    job: DataJob,
    *,
    files_form: FilesForm | None = None,
    prompt_form: SystemPromptForm | None = None,
    suggestion: Suggestion | None = None,
) -> tuple[str, HTTPStatus]:
    """The page, with a form as it was sent where it was refused, and with a system prompt that is suggested."""
    page = render_template(
        "datajobs/_live.html" if wants_fragment() else "datajobs/job.html",
        **_live_parts(job),
        files_form=files_form or FilesForm(formdata=None),
        prompt_form=prompt_form or SystemPromptForm(formdata=None, obj=job),
        suggestion=suggestion,
        max_bytes=current_app.config["PORTAL"].max_upload_bytes,
        most_files=MOST_FILES,
    )
    is_refused = any(form and form.errors for form in (files_form, prompt_form))
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK


def visible(job_id: str) -> DataJob:
    """The job, if the signed-in user may see it. Raises NotFound."""
    found = queries.visible_job(current_actor(), job_id)
    if found is None:
        raise no_such(f"data job {job_id}")
    return found


def is_settled(job: DataJob) -> bool:
    """Whether training data is being made of the job, or was: what that is made of can't be changed any more."""
    return job.alignment_status in SETTLED


def place() -> dict[str, Any]:
    """Which of a job's files are looked at, so that one comes back to them after an action."""
    asked = {name: request.args.get(name, "") for name in ("state", "page")}
    return {name: value for name, value in asked.items() if value}


def to_job(job_id: str) -> ResponseReturnValue:
    return redirect(url_for("datajobs.job", job_id=job_id, **place()))


def _live_parts(job: DataJob) -> dict[str, Any]:
    """What the page of a job is made from, for the page and the poll alike."""
    counts = queries.counts_of([job.id])[job.id]
    about = job.job_type, job.system_prompt, counts
    state = request.args.get("state", "")
    pace = queries.pace_of(job.id) if counts.active else None
    is_theirs = can_change(current_actor(), job.user_id)
    return {
        **_training_data(job),
        "job": job,
        "counts": counts,
        "status": data_job_status(*about, job.alignment_status),
        "needed": prerequisites(*about),
        "files": queries.files_page(job.id, state=state, page=page_number()),
        "state": state,
        "place": place(),
        "pace": pace,
        "progress": Progress(counts.total, counts.usable, counts.open, rate=pace),
        "events": timeline.events_page(db.session, "data_job", job.id),
        "types": TYPE_NAMES,
        "methods": METHOD_NAMES,
        "kinds": KIND_NAMES,
        "is_theirs": is_theirs,
        "may_change": is_theirs and not is_settled(job),
        "model": current_app.config["PORTAL"].language_model,
    }


def _training_data(job: DataJob) -> dict[str, Any]:
    """That of a job which was started."""
    user = current_actor()
    alignment = visible_alignment(user, job.alignment.public_id) if job.alignment else None
    return alignment_parts(alignment, user) if alignment else {"alignment": None}


def _order(asked: str) -> tuple[str, bool]:
    """The column, and whether it goes upwards."""
    name = asked.removeprefix("-")
    return (name, not asked.startswith("-")) if name in queries.SORTS else (NEWEST_FIRST, False)
