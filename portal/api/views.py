"""The document for machines, and the page that shows it to people."""

from __future__ import annotations

from http import HTTPStatus

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
    return answer(openapi(current_app, __version__), HTTPStatus.OK)


@blueprint.get("/api-reference")
@reader
def reference() -> ResponseReturnValue:
    """The same as a page."""
    return render_template("api/reference.html", document=openapi(current_app, __version__))
