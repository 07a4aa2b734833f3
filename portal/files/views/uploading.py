"""Uploading files into the library."""

from __future__ import annotations

from http import HTTPStatus

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.errors import BadInput
from portal.files.forms import UploadForm
from portal.files.models import FilePurpose
from portal.files.operations import Added, add_many
from portal.files.views.blueprint import blueprint
from portal.files.views.listing import list_page


@blueprint.post("/")
@writer
def upload() -> ResponseReturnValue:
    """Keep what was sent. Where something deserves a word, as a file that is there already, the list says it."""
    form = UploadForm()
    if not form.validate():
        return list_page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        added = _add(form)
    except BadInput as error:
        form.files.errors = [f"{error.detail} {error.fix}".strip()]
        return list_page(form, status=error.status)
    if added.refused or added.duplicates:
        nothing = added.refused and not added.files and not added.duplicates
        status = HTTPStatus.UNPROCESSABLE_ENTITY if nothing else HTTPStatus.OK
        return list_page(UploadForm(formdata=None), added=added, status=status)
    count = len(added.files)
    flash(f"{added.files[0].name} was added." if count == 1 else f"{count:,} files were added.", "success")
    return redirect(url_for("files.index"))


def _add(form: UploadForm) -> Added:
    return add_many(
        request.files.getlist("files"),
        actor=current_actor(),
        purpose=FilePurpose(form.purpose.data),
        leave_out_known=form.leave_out_known.data,
    )
