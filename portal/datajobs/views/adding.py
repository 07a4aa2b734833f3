"""Putting files into a data job: from the reader's machine, from the library, or back after they were removed."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from portal.accounts.access import current_actor
from portal.accounts.forms import errors_beside_fields
from portal.accounts.permissions import writer
from portal.datajobs import operations, queries
from portal.datajobs.forms import KIND_NAMES, FilesForm, MethodForm
from portal.datajobs.operations import Handed
from portal.datajobs.views.blueprint import blueprint
from portal.datajobs.views.reading import job_page, to_job, visible
from portal.datajobs.wording import listing
from portal.documents.methods import Method
from portal.errors import PortalError
from portal.files.operations import add_many
from portal.files.queries import Narrowing, files_page
from portal.web.refusals import told
from portal.web.requests import page_number


@blueprint.post("/<public_id:job_id>/files/upload")
@writer
def upload(job_id: str) -> ResponseReturnValue:
    """Files from the reader's machine go into the library and into the job. Where `more` follow in a next request, its
    page tells of these, too."""
    job = visible(job_id)
    form = FilesForm()
    with told(), errors_beside_fields(form):
        if form.validate():
            attach(job_id, uploads_of(form), form.method.data)
            return ("", HTTPStatus.NO_CONTENT) if request.form.get("more") == "1" else to_job(job_id)
    return job_page(job, files_form=form) if form.errors else to_job(job_id)


@blueprint.route("/<public_id:job_id>/files/add", methods=["GET", "POST"])
@writer
def add(job_id: str) -> ResponseReturnValue:
    """The files of the library, to be ticked."""
    job = visible(job_id)
    form = MethodForm()
    if form.validate_on_submit():
        with told():
            _add(job_id, request.form.getlist("file_id"), form.method.data)
            return to_job(job_id)
    search = request.args.get("search", "").strip()
    page = files_page(current_actor(), Narrowing(search=search), page=page_number())
    there = {file.file_id for file in queries.chosen_files(job_id, [file.id for file in page.items])}
    return render_template(
        "datajobs/add.html", job=job, form=form, page=page, there=there, search=search, kinds=KIND_NAMES
    ), HTTPStatus.UNPROCESSABLE_ENTITY if form.is_submitted() else HTTPStatus.OK


@blueprint.post("/<public_id:job_id>/files/bring-back")
@writer
def bring_back(job_id: str) -> ResponseReturnValue:
    """Files that were removed a moment ago go in again, each with the method that it had."""
    visible(job_id)
    with told():
        for method in Method:
            if file_ids := request.form.getlist(method):
                _add(job_id, file_ids, method)
    return to_job(job_id)


def uploads_of(form: FilesForm) -> list[FileStorage]:
    """The files that were chosen: a browser sends an empty one where none was, and programs may send a text."""
    return [upload for upload in form.files.data or [] if isinstance(upload, FileStorage) and upload.filename]


def attach(job_id: str, uploads: Sequence[FileStorage], method: str) -> None:
    """Keep uploads in the library, put them into the job, and say what became of them. Raises BadInput and what else
    `add_many` raises."""
    added = add_many(uploads, actor=current_actor())
    ids = [file.id for file in added.files]
    try:
        handed = operations.add_files(job_id, ids, actor=current_actor(), method=method) if ids else Handed()
    except PortalError:  # as where the job was started meanwhile
        flash(f"{listing([file.name for file in added.files])}: kept in the library all the same.", "info")
        raise
    _say(handed, added.refused)


def _add(job_id: str, file_ids: Sequence[str], method: str) -> None:
    _say(operations.add_files(job_id, file_ids, actor=current_actor(), method=method))


def _say(handed: Handed, refused: Sequence[tuple[str, str]] = ()) -> None:
    said = render_template("datajobs/_handed.html", handed=handed, refused=refused)
    flash(Markup(said), "warning" if refused or handed.failed else "success")  # noqa: S704 - a template of ours
