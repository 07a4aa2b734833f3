"""What can be done with files from their pages."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.forms import errors_beside_fields
from portal.accounts.permissions import writer
from portal.errors import BadInput
from portal.files import operations, queries
from portal.files.forms import RenameForm
from portal.files.uses import shown_uses
from portal.files.views.blueprint import blueprint
from portal.files.views.reading import file_page, visible


@blueprint.post("/<public_id:file_id>/rename")
@writer
def rename(file_id: str) -> ResponseReturnValue:
    """Give the file another name."""
    shown = visible(file_id)
    form = RenameForm()
    with errors_beside_fields(form):
        operations.rename_file(file_id, form.name.data or "", actor=current_actor())
        flash("The file was renamed.", "success")
        return redirect(url_for("files.file", file_id=file_id))
    return file_page(shown, form)


@blueprint.post("/<public_id:file_id>/delete")
@writer
def delete(file_id: str) -> ResponseReturnValue:
    """Delete one file."""
    name = operations.delete_file(file_id, actor=current_actor())
    flash(f"{name} was deleted.", "success")
    return redirect(url_for("files.index"))


@blueprint.get("/delete")
@writer
def confirm_delete() -> ResponseReturnValue:
    """Ask whether the chosen files are to be deleted, and tell which of them can't be."""
    user, ids = current_actor(), _chosen(request.args.getlist("file_id"))
    files, uses = queries.changeable_files(user, ids), shown_uses(user, ids)
    return render_template(
        "files/delete.html",
        free=[file for file in files if not uses[file.id]],
        used=[file for file in files if uses[file.id]],
        uses=uses,
    )


@blueprint.post("/delete")
@writer
def delete_chosen() -> ResponseReturnValue:
    """Delete the files that were asked about; what began to be used meanwhile stays."""
    deleted = operations.delete_files(_chosen(request.form.getlist("file_id")), actor=current_actor())
    names = deleted.names
    if names:
        flash(f"{names[0]} was deleted." if len(names) == 1 else f"{len(names):,} files were deleted.", "success")
    for name, reason in deleted.refused[:3]:
        flash(f"{name} stays. {reason}", "warning")
    return redirect(url_for("files.index"))


def _chosen(ids: list[str]) -> list[str]:
    if not ids:
        raise BadInput("Choose at least one file.", fix="Go back and choose those that are to be deleted.")
    return ids
