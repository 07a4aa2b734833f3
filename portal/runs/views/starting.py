"""Starting a run: choose an importer and a file, and say yes where something deserves a second look."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.errors import BadInput, NotFound
from portal.files.models import StoredFile
from portal.files.operations import keep_path, keep_upload
from portal.files.queries import own_file
from portal.importers import find_importer
from portal.importers.reading_options import format_of
from portal.runs import operations, queries
from portal.runs.forms import NewRunForm
from portal.runs.models import IngestRun
from portal.runs.views.actions import to_run
from portal.runs.views.blueprint import blueprint


@blueprint.get("/new")
@writer
def new() -> ResponseReturnValue:
    """The form; `?importer=` chooses one."""
    return form_page(NewRunForm(formdata=None, importer=request.args.get("importer", "")))


@blueprint.post("/new")
@writer
def create() -> ResponseReturnValue:
    """Begin the run. A file that was imported before is announced first, and waits for a yes."""
    form = NewRunForm()
    if not form.validate():
        return form_page(form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        format = format_of(form.reading_options)
        confirmed = bool(form.file_id.data)
        file = _chosen_file(form)
        if not confirmed and (earlier := _earlier_run(form, file)):
            form.file_id.data = file.id
            return form_page(form, status=HTTPStatus.CONFLICT, earlier=earlier, file=file)
        dry_run = bool(form.dry_run.data)
        run = operations.start_run(form.importer.data, file, actor=current_actor(), dry_run=dry_run, format=format)
    except BadInput as error:
        form.show(error)
        return form_page(form, status=error.status)
    return to_run(run.id)


@blueprint.post("/sample/<slug>")
@writer
def sample(slug: str) -> ResponseReturnValue:
    """Begin a run of the importer's sample file."""
    definition = find_importer(slug)
    if definition is None or not definition.sample:
        raise NotFound("This importer has no sample file.")
    user = current_actor()
    incoming = current_app.config["PORTAL"].data_dir / "incoming"
    file = keep_path(Path(definition.sample), folder=incoming, user_id=user.id)
    return redirect(url_for("runs.run", run_id=operations.start_run(slug, file, actor=user).id))


def form_page(
    form: NewRunForm,
    *,
    status: int = HTTPStatus.OK,
    earlier: IngestRun | None = None,
    file: StoredFile | None = None,
) -> ResponseReturnValue:
    """The page of the form, with what is known of an earlier run of the same file."""
    page = render_template(
        "runs/new.html",
        form=form,
        earlier=earlier,
        file=file,
        importer=find_importer(form.importer.data or ""),
        max_bytes=current_app.config["PORTAL"].max_upload_bytes,
    )
    return page, status


def _chosen_file(form: NewRunForm) -> StoredFile:
    user = current_actor()
    if form.file_id.data:
        file = own_file(form.file_id.data, user.id)
        if file is None:
            raise BadInput("The uploaded file is gone.", fix="Choose it again.")
        return file
    if not form.file.data:
        raise BadInput("Choose a file to import.")
    return keep_upload(form.file.data, user_id=user.id)


def _earlier_run(form: NewRunForm, file: StoredFile) -> IngestRun | None:
    if form.dry_run.data:
        return None
    return queries.earlier_run_of(current_actor(), file, form.importer.data)
