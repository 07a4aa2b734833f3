"""Sending what is in a file: whole, or the part that is asked for, read from the store while it goes out."""

from __future__ import annotations

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from portal.files.contents import open_stored
from portal.files.models import StoredFile
from portal.web.attachments import save_as

BLOCK = 1 << 18
"""Bytes that are read at once."""


def sent(file: StoredFile, mimetype: str) -> Response:
    """The contents of `file`, which browsers save under its name; 206 where the request asks for a part of it
    (https://www.rfc-editor.org/rfc/rfc9110#name-range-requests), 304 where the caller has it already.

    Raises NotFound when the store has lost it, OutOfReach, RequestedRangeNotSatisfiable.
    """
    opened = open_stored(file)
    response = Response(wrap_file(request.environ, opened, BLOCK), mimetype=mimetype, direct_passthrough=True)
    response.content_length = file.size
    save_as(response, file.name)
    response.set_etag(file.sha256)
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=file.size)
    except RequestedRangeNotSatisfiable:
        opened.close()
        raise
    return response
