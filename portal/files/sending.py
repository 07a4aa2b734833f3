"""Sending what is in a file: whole, or the part that is asked for, read from the store while it goes out."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, request
from werkzeug.exceptions import PreconditionFailed, RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from portal.files.contents import open_stored
from portal.files.models import StoredFile
from portal.web.attachments import save_as

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

BLOCK = 1 << 18
"""Bytes that are read at once."""


def sent(file: StoredFile, mimetype: str) -> Response:
    """The contents of `file`, which browsers save under its name; 206 where the request asks for a part of it
    (https://www.rfc-editor.org/rfc/rfc9110#name-range-requests), 304 where the caller has it already.

    Raises NotFound when the store has lost it, OutOfReach, RequestedRangeNotSatisfiable, PreconditionFailed where it
    isn't any more what the caller has in part.
    """
    opened = open_stored(file)
    response = Response(wrap_file(request.environ, opened, BLOCK), mimetype=mimetype, direct_passthrough=True)
    response.content_length = file.size
    save_as(response, file.name)
    response.set_etag(file.sha256)
    try:
        _hold_to_conditions(response, file.size)
    except (RequestedRangeNotSatisfiable, PreconditionFailed):
        opened.close()
        raise
    return response


def _hold_to_conditions(response: Response, size: int) -> None:
    # Werkzeug would look at the range first; what the caller has comes before it
    # (https://www.rfc-editor.org/rfc/rfc9110#name-precedence-of-preconditions).
    response.make_conditional(request)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        raise PreconditionFailed
    if response.status_code == HTTPStatus.OK:
        response.make_conditional(_with_fitting_range(size), accept_ranges=True, complete_length=size)


def _with_fitting_range(size: int) -> WSGIEnvironment:
    """The request with a range that Werkzeug takes as it is meant. One that is no single range of bytes is left out, so
    that the answer is the whole; the end of a file that is shorter than that is all of it."""
    environ = dict(request.environ)
    wanted = request.range
    if request.method != "GET" or wanted is None or wanted.units != "bytes" or len(wanted.ranges) > 1:
        environ.pop("HTTP_RANGE", None)
    elif wanted.ranges[0][0] < -size:
        environ["HTTP_RANGE"] = "bytes=0-"
    return environ
