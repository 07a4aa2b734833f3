"""The system prompt on the page of a job: to be written there, or suggested."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.forms import errors_beside_fields
from portal.accounts.permissions import writer
from portal.datajobs import operations
from portal.datajobs.forms import SystemPromptForm
from portal.datajobs.views.blueprint import blueprint
from portal.datajobs.views.reading import job_page, place, to_job, visible
from portal.web.refusals import told
from portal.web.requests import wants_fragment
from portal.web.typed import as_typed


@blueprint.post("/<public_id:job_id>/system-prompt")
@writer
def system_prompt(job_id: str) -> ResponseReturnValue:
    """Keep what was typed, or the suggestion where that is to be used. Where training data was started meanwhile, the
    page says so and still has what was typed."""
    visible(job_id)
    form = SystemPromptForm()
    is_suggested = request.form.get("use") == "1"
    chosen = as_typed(request.form.get("suggested")) if is_suggested else form.system_prompt.data
    with told(), errors_beside_fields(form):
        operations.update_job(job_id, actor=current_actor(), system_prompt=chosen)
        flash("The system prompt was saved.", "success")
        return to_job(job_id)
    page, status = job_page(visible(job_id), prompt_form=form)
    return page, status if form.errors else HTTPStatus.CONFLICT


@blueprint.post("/<public_id:job_id>/system-prompt/suggest")
@writer
def suggest(job_id: str) -> ResponseReturnValue:
    """Suggest one, beside what was typed, which is kept; with `discard` it is gone again."""
    suggestion = None
    with told():
        if request.form.get("discard") != "1":
            suggestion = operations.suggest_prompt(job_id, actor=current_actor())
    job = visible(job_id)
    if wants_fragment():
        return render_template("datajobs/_suggestion.html", job=job, suggestion=suggestion, place=place())
    return job_page(job, prompt_form=SystemPromptForm(), suggestion=suggestion)
