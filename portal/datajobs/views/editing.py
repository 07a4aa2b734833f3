"""Making, changing, cloning and deleting data jobs."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.forms import errors_beside_fields, form_status
from portal.accounts.permissions import writer
from portal.datajobs import operations
from portal.datajobs.forms import CloneForm, NewJobForm, SettingsForm
from portal.datajobs.models import DataJob
from portal.datajobs.views.adding import attach, uploads_of
from portal.datajobs.views.blueprint import blueprint
from portal.datajobs.views.reading import is_settled, to_job, visible
from portal.files.operations import MOST_FILES
from portal.web.refusals import told

COPY_NAME = 240
"""Characters of a job's name that its copy is given, so that there is room for what follows."""

WORDS = ("name", "description")
SETTINGS = (*WORDS, "system_prompt", "instructions")
"""Training data is made with all but the first two."""

FILES_AGAIN = "Choose the files again: none was kept, since the data job wasn’t made."

SAVED_IN_PART = (
    "The data job was started meanwhile: its name and description were saved, its system prompt and instructions "
    "stay as they were.",
    "warning",
)


@blueprint.route("/new", methods=["GET", "POST"])
@writer
def new() -> ResponseReturnValue:
    """The form of a new data job, which may bring its first files along."""
    form = NewJobForm()
    if form.validate_on_submit():
        with errors_beside_fields(form):
            given = {name: form[name].data for name in ("job_type", *SETTINGS)}
            job_id = operations.create_job(**given, actor=current_actor()).id
            if uploads := uploads_of(form):
                with told():
                    attach(job_id, uploads, form.method.data)
            return redirect(url_for("datajobs.job", job_id=job_id))
    if form.errors and uploads_of(form):
        form.files.errors = [*form.files.errors, FILES_AGAIN]
    limits = {"max_bytes": current_app.config["PORTAL"].max_upload_bytes, "max_files": MOST_FILES}
    return render_template("datajobs/new.html", form=form, names=SETTINGS, **limits), form_status(form)


@blueprint.route("/<public_id:job_id>/edit", methods=["GET", "POST"])
@writer
def edit(job_id: str) -> ResponseReturnValue:
    """The settings of a data job."""
    job = visible(job_id)
    form = SettingsForm(obj=job)
    names = WORDS if is_settled(job) else SETTINGS
    if form.validate_on_submit():
        with errors_beside_fields(form):
            given = {name: form[name].data for name in names}
            is_in_part = _has_more(form, job, names)
            operations.update_job(job_id, actor=current_actor(), **given, seen=_seen(names))
            flash(*(SAVED_IN_PART if is_in_part else ("The data job was saved.", "success")))
            return to_job(job_id)
    parts = {"form": form, "job": job, "names": names, "seen": operations.versions_of(job)}
    return render_template("datajobs/edit.html", **parts), form_status(form)


@blueprint.route("/<public_id:job_id>/clone", methods=["GET", "POST"])
@writer
def clone(job_id: str) -> ResponseReturnValue:
    """Asks for the name of the copy, then makes it."""
    job = visible(job_id)
    form = CloneForm(name=f"{job.name[:COPY_NAME]} (copy)")
    if form.validate_on_submit():
        with errors_beside_fields(form):
            copy = operations.clone_job(job_id, actor=current_actor(), name=form.name.data)
            flash("This is the copy. What was converted before needn’t be again.", "success")
            return redirect(url_for("datajobs.job", job_id=copy.id))
    return render_template("datajobs/clone.html", form=form, job=job), form_status(form)


@blueprint.post("/<public_id:job_id>/delete")
@writer
def delete(job_id: str) -> ResponseReturnValue:
    name = operations.delete_job(job_id, actor=current_actor())
    flash(f"The data job {name} was deleted. Its files are still in the library.", "success")
    return redirect(url_for("datajobs.jobs"))


def _seen(names: Sequence[str]) -> dict[str, str]:
    """What the form was filled with, by the names of its fields."""
    return {name: version for name in names if (version := request.form.get(f"seen-{name}"))}


def _has_more(form: SettingsForm, job: DataJob, names: Sequence[str]) -> bool:
    """Whether something else than these was changed in the form, which was opened when that could be."""
    others = [form[name] for name in SETTINGS if name not in names]
    return any(field.raw_data and (field.data or "") != (getattr(job, field.name) or "") for field in others)
