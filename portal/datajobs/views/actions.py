"""What can be done with the files of a data job from its page. Refusals are told there."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.datajobs import operations, queries
from portal.datajobs.views.blueprint import blueprint
from portal.datajobs.views.reading import place, to_job, visible
from portal.datajobs.wording import listing
from portal.documents.methods import Method
from portal.errors import BadInput, PortalError
from portal.files.operations import add_to_library, discard_unused
from portal.web.refusals import told

MOST_BROUGHT_BACK = 20
"""So many removed files can be added again by one button: they are named in the cookie that carries the message."""


@blueprint.post("/<public_id:job_id>/files/retry")
@writer
def retry(job_id: str) -> ResponseReturnValue:
    """All that failed, or the chosen files; with `method` they are converted in that way."""
    job = visible(job_id)
    with told():
        record_ids = None if request.form.get("all") == "1" else _chosen_records(job.id)
        method = request.form.get("method") or None
        names = operations.retry_files(job.id, actor=current_actor(), record_ids=record_ids, method=method)
        flash(f"{listing(names)}: queued again.", "success")
    return to_job(job_id)


@blueprint.post("/<public_id:job_id>/files/remove")
@writer
def remove(job_id: str) -> ResponseReturnValue:
    """Take the chosen files out of the job; the message has a button that adds them again."""
    job = visible(job_id)
    with told():
        file_ids = request.form.getlist("file_id")
        chosen = queries.chosen_files(job.id, file_ids)
        methods = [(file.file_id, file.record.method if file.record else Method.ACCURACY) for file in chosen]
        names = operations.remove_files(job.id, file_ids, actor=current_actor())
        undo = methods if len(methods) <= MOST_BROUGHT_BACK else []
        said = render_template("datajobs/_removed.html", job=job, names=listing(names), undo=undo, place=place())
        flash(Markup(said), "success")  # noqa: S704 - a template of ours, which escapes what it is given
    return to_job(job_id)


@blueprint.post("/<public_id:job_id>/files/replace")
@writer
def replace(job_id: str) -> ResponseReturnValue:
    """The file that is sent takes the place of another, in one step."""
    job = visible(job_id)
    with told():
        upload = request.files.get("file")
        if not upload or not upload.filename:
            raise BadInput("Choose the file that is to take its place.")
        kept = add_to_library(upload, actor=current_actor())
        try:
            new = operations.replace_file(job.id, request.form.get("file_id", ""), kept.id, actor=current_actor())
        except PortalError:
            discard_unused([kept.id])  # it was sent to take a place, not for the library
            raise
        flash(f"{new.name} has taken its place.", "success")
    return to_job(job_id)


@blueprint.post("/<public_id:job_id>/cancel")
@writer
def cancel(job_id: str) -> ResponseReturnValue:
    job = visible(job_id)
    with told():
        names = operations.cancel_processing(job.id, actor=current_actor())
        flash(f"{listing(names)}: stopped. What was converted before stays.", "info")
    return to_job(job_id)


def _chosen_records(job_id: str) -> list[int]:
    """The records of the chosen files. Raises BadInput where one has none, or was removed meanwhile."""
    file_ids = request.form.getlist("file_id")
    if not file_ids:
        raise BadInput("Choose the files that are to be retried.")
    open_files = [file for file in queries.chosen_files(job_id, file_ids) if file.record and file.record.is_open]
    if len(open_files) < len(set(file_ids)):
        raise BadInput("Not all chosen files have failed.", fix="Someone may have retried or removed one meanwhile.")
    return [file.record_id for file in open_files if file.record_id]
