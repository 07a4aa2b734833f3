"""Files that are made while they are sent."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, stream_with_context


def attachment(parts: Iterator[str], mimetype: str, name: str) -> Response:
    """A file of `parts` that browsers save as `name`."""
    response = Response(stream_with_context(parts), mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
