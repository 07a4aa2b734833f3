"""Pages that show one file: what it is, where it is used, how it begins; and its download."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal import timeline
from portal.accounts.access import current_actor
from portal.accounts.permissions import can_change, reader
from portal.errors import no_such
from portal.extensions import db
from portal.files import queries
from portal.files.forms import KIND_NAMES, PURPOSE_NAMES, RenameForm
from portal.files.models import StoredFile
from portal.files.previews import preview_of
from portal.files.recognising import media_type, misnamed
from portal.files.sending import sent
from portal.files.uses import shown_uses
from portal.files.views.blueprint import blueprint

EVENTS_SHOWN = 20


@blueprint.get("/<public_id:file_id>")
@reader
def file(file_id: str) -> ResponseReturnValue:
    """One file. `?start=` shows a later part of Markdown."""
    return file_page(visible(file_id))


@blueprint.get("/<public_id:file_id>/download")
@reader
def download(file_id: str) -> Response:
    """Its contents, to be saved under its name."""
    found = visible(file_id)
    return sent(found, media_type(found.kind))


def file_page(shown: StoredFile, form: RenameForm | None = None) -> ResponseReturnValue:
    """The page of a file, with the form of its name as it was refused, where it was."""
    user = current_actor()
    page = render_template(
        "files/file.html",
        file=shown,
        form=form or RenameForm(formdata=None, obj=shown),
        kinds=KIND_NAMES,
        purposes=PURPOSE_NAMES,
        misnamed=misnamed(shown.name, shown.kind),
        uses=shown_uses(user, [shown.id])[shown.id],
        relatives=queries.relatives_of(user, [shown])[shown.id],
        preview=preview_of(shown, request.args.get("start", 0, type=int)),
        events=timeline.events_of(db.session, "file", shown.id, EVENTS_SHOWN),
        may_change=can_change(user, shown.user_id),
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if form else HTTPStatus.OK


def visible(file_id: str) -> StoredFile:
    """The file, if the signed-in user may see it. Raises NotFound."""
    found = queries.visible_file(current_actor(), file_id)
    if found is None:
        raise no_such(f"file {file_id}")
    return found
