"""The document for machines, and the page that shows it to people."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from portal import __version__
from portal.accounts.permissions import public, reader
from portal.api.answering import answer
from portal.api.document import openapi

blueprint = Blueprint("api", __name__)


@blueprint.get("/api/openapi.json")
@public
def document() -> ResponseReturnValue:
    """The OpenAPI document of this portal."""
    return answer(_document(), HTTPStatus.OK)


@blueprint.get("/api-reference")
@reader
def reference() -> ResponseReturnValue:
    """The same as a page."""
    return render_template("api/reference.html", document=_document())


def _document() -> dict[str, Any]:
    """Made once for an app, whose views stay as they are."""
    made: dict[str, Any] = current_app.extensions.get("openapi") or openapi(current_app, __version__)
    return current_app.extensions.setdefault("openapi", made)  # type: ignore[no-any-return]  # a dict of anything
