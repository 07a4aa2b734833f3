"""Making, cancelling and deleting training data."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.forms import errors_beside_fields, form_status
from portal.accounts.permissions import writer
from portal.alignment import operations
from portal.alignment.forms import GenerateForm
from portal.alignment.views.blueprint import blueprint
from portal.documents.kinds import Kind
from portal.files.models import StoredFile
from portal.files.queries import Narrowing, changeable_files, files_page
from portal.web.paging import Page
from portal.web.refusals import told
from portal.web.requests import page_number


@blueprint.route("/new", methods=["GET", "POST"])
@writer
def new() -> ResponseReturnValue:
    """The form of training data that is made of Markdown files of the library, without a data job."""
    form = GenerateForm()
    chosen = request.form.getlist("files")
    if form.validate_on_submit():
        with errors_beside_fields(form):
            job = operations.generate(
                chosen,
                actor=current_actor(),
                instructions=form.instructions.data or "",
                alignment_type=form.type.data,
                system_prompt=form.system_prompt.data or None,
            )
            return redirect(url_for("alignment.alignment", alignment_id=job.public_id))
    search = request.args.get("search", "").strip()
    narrowing = Narrowing(search=search, kind=Kind.MARKDOWN, converted="all")
    page = files_page(current_actor(), narrowing, page=page_number())
    parts = {"form": form, "page": page, "search": search, "chosen": chosen, "elsewhere": _elsewhere(chosen, page)}
    return render_template("alignment/new.html", **parts), form_status(form)


@blueprint.post("/<public_id:alignment_id>/cancel")
@writer
def cancel(alignment_id: str) -> ResponseReturnValue:
    with told():
        operations.cancel(alignment_id, actor=current_actor())
        flash("The making of training data was cancelled. The documents stay as they are.", "info")
    return redirect(url_for("alignment.alignment", alignment_id=alignment_id))


@blueprint.post("/<public_id:alignment_id>/delete")
@writer
def delete(alignment_id: str) -> ResponseReturnValue:
    operations.delete(alignment_id, actor=current_actor())
    flash("The training data was deleted. Its files are still in the library.", "success")
    return redirect(url_for("alignment.alignments"))


def _elsewhere(chosen: Sequence[str], page: Page[StoredFile]) -> list[StoredFile]:
    """Chosen files that the page of the list doesn't have: they were found by a search, which the form doesn't send."""
    listed = {file.id for file in page.items}
    return [file for file in changeable_files(current_actor(), chosen) if file.id not in listed]
