"""Watchers who ask for the same thing at almost the same time get the same answer.

Two hundred scripts that watch an import would else take as much of the machine as a worker does. An answer may be a
tenth of a second old; but whoever changes something through this process sees it, since that drops all answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
MOST_ANSWERS = 256
LONGEST_ANSWER = 1 << 16
ASKED = "portal.api.repeats"
"""Where the request says what it would be kept as."""

Key = tuple[str, str, str]


@dataclass(frozen=True)
class _Answer:
    body: bytes
    headers: list[tuple[str, str]]
    until: float
    """On the monotonic clock, in seconds."""


class Repeats:
    """WSGI middleware that gives answers again for `seconds` to those who ask with the same token; 0 gives none."""

    def __init__(self, app: WSGIApplication, seconds: float) -> None:
        self._app = app
        self._seconds = seconds
        self._answers: dict[Key, _Answer] = {}
        self._changes = 0
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] in CHANGING:
            return self._change(environ, start_response)
        if self._seconds and environ["REQUEST_METHOD"] == "GET" and environ.get("HTTP_AUTHORIZATION"):
            key = (environ["HTTP_AUTHORIZATION"], environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
            known = self._answers.get(key)
            if known is not None and known.until > time.monotonic():
                again = Response(known.body, headers=known.headers)
                return again.make_conditional(environ)(environ, start_response)
            environ[ASKED] = key, self._changes
        return self._app(environ, start_response)

    def keep(self, request: Request, response: Response) -> None:
        """Have `response` for whoever asks the same next; unless something was changed since it was asked for."""
        if ASKED not in request.environ or (response.content_length or 0) > LONGEST_ANSWER:
            return
        key, changes = request.environ[ASKED]
        answer = _Answer(response.get_data(), list(response.headers), time.monotonic() + self._seconds)
        with self._lock:
            if changes == self._changes:
                if len(self._answers) >= MOST_ANSWERS:
                    self._answers.clear()
                self._answers[key] = answer

    def _change(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return self._app(environ, start_response)
        finally:
            with self._lock:
                self._changes += 1
                self._answers.clear()


def init_app(app: Flask, seconds: float) -> None:
    """Put the middleware in front of `app`; `app.extensions["repeats"]` is it."""
    app.extensions["repeats"] = Repeats(app.wsgi_app, seconds)
    app.wsgi_app = app.extensions["repeats"]  # type: ignore[method-assign]  # Flask's documented way
