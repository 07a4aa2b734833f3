"""Answers that browsers keep as files."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from flask import Response, stream_with_context


def attachment(parts: Iterator[str], mimetype: str, name: str) -> Response:
    """A file of `parts`, made while they are sent, that browsers save as `name`."""
    response = Response(stream_with_context(parts), mimetype=mimetype)
    save_as(response, name)
    return response


def save_as(response: Response, name: str) -> None:
    """Have browsers save the answer as `name`, which a header can hold only in this way if it has letters beyond ASCII
    (https://www.rfc-editor.org/rfc/rfc6266#section-4.3)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    names = {"filename": plain} | ({} if plain == name else {"filename*": f"UTF-8''{quote(name, safe='')}"})
    response.headers.set("Content-Disposition", "attachment", **names)
