"""What can be done with a run from its page."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.errors import BadInput
from portal.files.operations import keep_upload
from portal.runs import operations
from portal.runs.forms import CorrectedFileForm, chosen_rows
from portal.runs.views.blueprint import blueprint


@blueprint.post("/<int:run_id>/cancel")
@writer
def cancel(run_id: int) -> ResponseReturnValue:
    operations.cancel_run(run_id, actor=current_actor())
    flash("Cancellation request sent.", "info")
    return to_run(run_id)


@blueprint.post("/<int:run_id>/retry")
@writer
def retry(run_id: int) -> ResponseReturnValue:
    """All open failed rows again; those alone that are ticked, where the form has boxes to tick, or one group."""
    rows, error = chosen_rows(request.form), request.form.get("error")
    dry_run = request.form.get("dry_run") == "1"
    retry = operations.retry_failed_rows(run_id, actor=current_actor(), dry_run=dry_run, rows=rows, error=error)
    return to_run(retry.id)


@blueprint.post("/<int:run_id>/correct")
@writer
def correct(run_id: int) -> ResponseReturnValue:
    """A corrected download of failed rows comes back."""
    form = CorrectedFileForm()
    if not form.validate():
        raise BadInput("Choose the corrected file.", fix="It is the download of failed rows, mended.")
    user = current_actor()
    file = keep_upload(form.file.data, user_id=user.id)
    run = operations.correct_run(run_id, file, actor=user, dry_run=bool(form.dry_run.data))
    return to_run(run.id)


def to_run(run_id: int) -> ResponseReturnValue:
    return redirect(url_for("runs.run", run_id=run_id))
