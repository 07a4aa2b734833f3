"""How often an account may ask: reading and changing are counted apart, each account by itself."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Flask, Response, current_app
from flask_limiter.util import get_remote_address
from flask_login import current_user

from portal.extensions import limiter

READING = ["GET", "HEAD", "OPTIONS"]
CHANGING = ["POST", "PUT", "PATCH", "DELETE"]


def api_blueprint(name: str, prefix: str) -> Blueprint:
    """A blueprint for endpoints below `prefix`, whose callers are held to the limits."""
    blueprint = Blueprint(name, __name__, url_prefix=prefix)
    limiter.shared_limit(_reads, scope="api reads", key_func=_caller, methods=READING)(blueprint)
    limiter.shared_limit(_writes, scope="api writes", key_func=_caller, methods=CHANGING)(blueprint)
    return blueprint


def init_app(app: Flask) -> None:
    """Say when to come again only to those who came too often: the limiter says it with every answer."""
    # Flask calls the first one last: after the limiter's own.
    app.after_request_funcs.setdefault(None, []).insert(0, _come_again)


def _come_again(response: Response) -> Response:
    if response.status_code not in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        response.headers.pop("Retry-After", None)
    return response


def _reads() -> str:
    return str(current_app.config["PORTAL"].api_read_limit)


def _writes() -> str:
    return str(current_app.config["PORTAL"].api_write_limit)


def _caller() -> str:
    """Who is counted: the account, or the address of whoever has none."""
    return f"user {current_user.id}" if current_user and current_user.is_authenticated else get_remote_address()
