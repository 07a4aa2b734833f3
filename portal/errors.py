"""The errors that a person may see, and the one place where they become a page, a fragment or JSON."""

from __future__ import annotations

import logging
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from sqlalchemy.orm.exc import ObjectDeletedError
from werkzeug.exceptions import BadRequest, HTTPException, InternalServerError, RequestEntityTooLarge

from config import MEBIBYTE
from portal.extensions import db
from portal.web.requests import wants_fragment

log = logging.getLogger(__name__)

API_PATHS = ("/api/", "/v1/")
"""Below these, programs call, who read JSON."""


class PortalError(Exception):
    """Something that the user can be told: what is wrong, and what to do about it.

    `detail` is the sentence for people, `fix` says what to do (may be empty), `errors` names what is wrong
    with which field.
    """

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, detail: str, *, fix: str = "", errors: dict[str, list[str]] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fix = fix
        self.errors = errors or {}

    @property
    def title(self) -> str:
        return self.status.phrase


class BadInput(PortalError):
    """What was sent can be read but isn't right."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class NotFound(PortalError):
    """It isn't there, or the user may not know that it is."""

    status = HTTPStatus.NOT_FOUND


class WrongState(PortalError):
    """It can't be done now: the thing is in a state that rules it out."""

    status = HTTPStatus.CONFLICT


class NothingToDo(PortalError):
    """There is nothing to do it with, as a retry without failed rows."""

    status = HTTPStatus.BAD_REQUEST


class OutOfReach(PortalError):
    """Something that the portal needs can't be reached now."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class NoRoom(PortalError):
    """The disk or the database is full."""

    status = HTTPStatus.INSUFFICIENT_STORAGE


def no_such(thing: str) -> NotFound:
    """For what isn't there, and for what whoever asks may not see: they are told the same."""
    return NotFound(f"There is no {thing}.", fix="It may have been deleted, or belong to someone else.")


TEXTS: dict[int, tuple[str, str]] = {
    400: ("That request couldn't be understood.", "Go back, reload the page and try again."),
    403: ("You may not do that.", "Ask an administrator if you need to."),
    404: ("There is nothing at this address.", "It may have been removed, or it belongs to someone else."),
    405: ("That can't be done here.", "Go back and use the buttons on the page."),
    413: ("The file is too large.", ""),
    429: ("Too many attempts.", "Wait a minute, then try again."),
    500: ("Something went wrong in the portal.", "Try again. If it happens again, tell your administrator."),
}

API_TEXTS: dict[int, tuple[str, str]] = {
    400: ("The request can't be read.", ""),
    405: ("This address doesn't take that method.", "The header Allow says which it takes."),
    412: ("The file has changed since.", "Ask for all of it: the header If-Match names what it was."),
    416: ("The file has no such part.", "The header Content-Range says how many bytes it has."),
    429: ("Too many requests.", "Ask again after as many seconds as the header Retry-After says."),
}
"""Where a program reads other words than a person."""


def register_error_handlers(app: Flask) -> None:
    """Make every error of `app` come out as a page, a fragment or problem details."""
    app.register_error_handler(PortalError, lambda error: problem(error.status, error))
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DataError, _unfit)
    app.register_error_handler(ObjectDeletedError, _gone_meanwhile)
    app.register_error_handler(Exception, _unexpected)


def problem(status: int, error: PortalError) -> Response:
    """Answer with `error` in the form that the caller reads."""
    if _is_api():
        body = {"title": error.title, "status": int(status), "detail": error.detail}
        if error.fix:
            body["fix"] = error.fix
        response = jsonify(body | ({"errors": error.errors} if error.errors else {}))
        response.mimetype = "application/problem+json"
    else:
        g.is_refused = True
        template = "errors/_problem.html" if wants_fragment() else "errors/error.html"
        shown = {"status": int(status), "title": error.title, "detail": error.detail, "fix": error.fix}
        response = make_response(render_template(template, problem=shown))
    response.status_code = status
    return response


def _is_api() -> bool:
    return request.path.startswith(API_PATHS)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        return make_response(error.get_response())
    code = error.code or 500
    detail, fix = ((_is_api() and API_TEXTS.get(code)) or TEXTS.get(code)) or (str(error.description), "")
    shown = PortalError(detail, fix=fix)
    shown.status = HTTPStatus(code)
    response = problem(code, shown)
    for name in ("Retry-After", "Allow", "Content-Range"):
        if value := dict(error.get_headers()).get(name):
            response.headers[name] = value
    return response


def _expired_form(_error: CSRFError) -> Response:
    return problem(400, PortalError("This form has expired.", fix="Reload the page and send it again."))


def _too_large(_error: RequestEntityTooLarge) -> Response:
    """It may be the file; in a request that isn't as large as a file may be, it is the rest of the form."""
    from flask import current_app  # only here

    most = current_app.config["PORTAL"].max_upload_bytes
    if request.content_length is not None and request.content_length <= most:
        text = current_app.config["MAX_FORM_MEMORY_SIZE"] // MEBIBYTE
        detail = (
            f"The form has too much in it: at most {text} MB of text and {request.max_form_parts:,} fields are taken."
        )
        shown = PortalError(detail, fix="Go back and send it in parts.")
    else:
        shown = PortalError(
            f"The file is too large: at most {most // MEBIBYTE:,} MB can be uploaded.",
            fix="Split it, or ask your administrator to raise PORTAL_MAX_UPLOAD_MB.",
        )
    shown.status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return problem(413, shown)


def _unfit(_error: DataError) -> Response:
    """No text in PostgreSQL can hold a NUL character, whether it is looked for or to be kept."""
    db.session.rollback()
    return _http_error(BadRequest())


def _gone_meanwhile(_error: ObjectDeletedError) -> Response:
    """Someone else deleted it after it was found or changed, and before it was shown."""
    db.session.rollback()
    return problem(404, NotFound("It isn't there any more.", fix="Someone has deleted it meanwhile."))


def _unexpected(error: Exception) -> Response:
    log.exception("Unexpected error at %s", request.path, exc_info=error)
    db.session.rollback()  # the page reads too, and a transaction in which something failed would not let it
    return _http_error(InternalServerError())
