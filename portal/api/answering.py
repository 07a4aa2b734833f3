"""What endpoints return, as responses."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, jsonify, request


def init_app(app: Flask) -> None:
    """Finish answers to GET when they have all their headers, but for those that count requests."""

    @app.after_request
    def finish(response: Response) -> Response:
        if g.get("is_asked_again", False) and response.status_code == HTTPStatus.OK:
            response.add_etag()
            app.extensions["repeats"].keep(request, response)
            response.make_conditional(request)
        return response


def answer(result: Any, status: HTTPStatus) -> Response:
    """`result` as JSON with `status`, unless it is a Response already; None is an answer without a body.

    What is asked for by GET carries an `ETag`, and is answered by 304 to whoever has it already
    (https://www.rfc-editor.org/rfc/rfc9110#name-etag). Caches may keep it, but must ask each time.
    """
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status=HTTPStatus.NO_CONTENT)
    response = jsonify(result)
    response.status_code = status
    if request.method in ("GET", "HEAD"):
        g.is_asked_again = True
        response.headers["Cache-Control"] = "private, no-cache"
        response.vary.update(["Authorization", "Cookie"])
    return response
