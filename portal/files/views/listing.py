"""The list of files, with the form that adds some."""

from __future__ import annotations

from http import HTTPStatus

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.models import User
from portal.accounts.permissions import can_change, reader
from portal.files import queries
from portal.files.forms import KIND_NAMES, PURPOSE_NAMES, SORT_NAMES, UploadForm
from portal.files.operations import MOST_FILES, Added
from portal.files.queries import Narrowing
from portal.files.uses import shown_uses
from portal.files.views.blueprint import blueprint
from portal.web.requests import page_number


@blueprint.get("/")
@reader
def index() -> ResponseReturnValue:
    """The library, as far as one may see it."""
    return list_page(UploadForm(formdata=None))


def list_page(form: UploadForm, *, added: Added | None = None, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    """The page of the list, with what became of an upload that isn't told in a word."""
    user = current_actor()
    narrowing = _narrowing(user)
    sort = request.args.get("sort", "")
    page = queries.files_page(user, narrowing, sort=sort, page=page_number())
    shown = render_template(
        "files/files.html",
        form=form,
        added=added,
        page=page,
        narrowing=narrowing,
        sort=sort,
        uses=shown_uses(user, [file.id for file in page.items]),
        relatives=queries.relatives_of(user, page.items),
        changeable={file.id for file in page.items if can_change(user, file.user_id)},
        owners=[(owner.id, owner.email) for owner in queries.owners()] if _sees_others(user) else [],
        kinds=KIND_NAMES,
        purposes=PURPOSE_NAMES,
        sorts=SORT_NAMES,
        most_files=MOST_FILES,
        max_bytes=current_app.config["PORTAL"].max_upload_bytes,
    )
    return shown, status


def _narrowing(user: User) -> Narrowing:
    asked = request.args.get
    return Narrowing(
        search=asked("search", "").strip(),
        kind=asked("kind", ""),
        purpose=asked("purpose", ""),
        owner_id=asked("owner", type=int) if _sees_others(user) else None,
        used=asked("used", ""),
        converted=asked("converted", "") or "no",
    )


def _sees_others(user: User) -> bool:
    return user.role != "operator"
