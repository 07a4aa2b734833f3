"""The gate in front of every view: who is calling, may they, and did the form come from a page of ours."""

from __future__ import annotations

from http import HTTPStatus
from secrets import compare_digest
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts import operations
from portal.accounts.models import ApiToken, User
from portal.accounts.permissions import ROLES, Access, access_of
from portal.errors import API_PATHS, PortalError, problem
from portal.extensions import csrf, db, htmx, login
from portal.web.requests import wants_fragment

BARE_TOKEN_PATH = "/v1/flow"  # noqa: S105 - an address: the public client sends its token there without "Bearer"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Ask at the gate before every view of `app`."""
    # Flask-WTF would look for the form's token before it is known who calls: whose session has ended would
    # read "this form has expired" and not be led to the sign-in page. `check_access` looks for it afterwards.
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    # Flask-Login's protection ties a session to an address and a browser version. A phone changes both often;
    # the cookie is signed, HttpOnly and made anew at sign-in, and `session_key` ends it.
    login.session_protection = None
    login.user_loader(_user_of_session)
    login.request_loader(_user_of_token)
    app.before_request(check_access)


def check_access() -> ResponseReturnValue | None:
    """Let the request through (None), or answer in the view's place.

    A view without a mark is an error of its author, and closed.
    """
    if request.endpoint is None:
        return None  # no such address: Flask answers
    access = _access_of_endpoint(request.endpoint)
    if access is not Access.PUBLIC:
        if not current_user.is_authenticated:
            return _sign_in_first()
        if current_user.role not in ROLES[access]:
            abort(HTTPStatus.FORBIDDEN if access is Access.WRITER else HTTPStatus.NOT_FOUND)
        if request.method not in SAFE_METHODS and (token := current_token()) is not None and token.reads_only:
            abort(HTTPStatus.FORBIDDEN)
    if current_token() is None:
        csrf.protect()
    return None


def current_actor() -> User:
    """The signed-in user of this request as a real object, for operations and queries."""
    return cast("User", current_user._get_current_object())


def current_token() -> ApiToken | None:
    """The token by which this request was let in; None for a browser."""
    token: ApiToken | None = g.get("token")
    return token


def safe_next(target: str | None) -> str | None:
    """`target` if it is an address of this site, without scheme and host; otherwise None.

    Browsers read a backslash as a slash and drop control characters (https://url.spec.whatwg.org/#url-parsing),
    so both could hide a `//host`.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    return None if "\\" in target or any(ord(char) <= 0x20 for char in target) else target


def _access_of_endpoint(endpoint: str) -> Access:
    if endpoint == "static":
        return Access.PUBLIC
    access = access_of(current_app.view_functions[endpoint])
    if access is None:
        raise RuntimeError(f"The view {endpoint} doesn't say who may call it.")
    return access


def _sign_in_first() -> Response:
    if _is_api(request):
        return _ask_for_token()
    if wants_fragment():
        response = make_response("", HTTPStatus.UNAUTHORIZED)
        response.headers["HX-Redirect"] = url_for("accounts.sign_in", next=_page_of_fragment())
        return response
    here = request.script_root + request.full_path.rstrip("?") if request.method == "GET" else None
    return make_response(redirect(url_for("accounts.sign_in", next=safe_next(here))))


def _ask_for_token() -> Response:
    error = PortalError("Send a valid API token: Authorization: Bearer TOKEN.")
    error.status = HTTPStatus.UNAUTHORIZED
    response = problem(error.status, error)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _page_of_fragment() -> str | None:
    parts = urlsplit(htmx.current_url or "")
    return safe_next(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _is_api(asked: Request) -> bool:
    return asked.path.startswith(API_PATHS)


def _user_of_session(text: str) -> User | None:
    """Who the cookie names. In the API it counts for reading only, and a token goes before it."""
    if _is_api(request) and ("Authorization" in request.headers or request.method not in SAFE_METHODS):
        return None
    user_id, _, session_key = text.partition(":")
    user = db.session.get(User, int(user_id)) if user_id.isdecimal() else None
    if user is None or not user.is_active or not compare_digest(user.session_key, session_key):
        return None
    operations.note_seen(user)
    return user


def _user_of_token(asked: Request) -> User | None:
    if not _is_api(asked):
        return None
    scheme, _, text = asked.headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer":
        text = scheme if not text and asked.path.startswith(BARE_TOKEN_PATH) else ""
    g.token = operations.authenticate_token(text.strip()) if text else None
    return g.token.acting_user() if g.token else None
