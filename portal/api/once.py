"""The `Idempotency-Key` of a request."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from flask import Response, after_this_request, request

from portal.accounts.access import current_actor
from portal.errors import BadInput, WrongState
from portal.extensions import db
from portal.idempotency import LONGEST_KEY, Once, fingerprint

Started = TypeVar("Started")

HEADER = "Idempotency-Key"
KEY = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")


def at_most_once(begin: Callable[[Once | None], Started], existing: Callable[[int], Started]) -> Started:
    """What `begin` starts, or, where a request with the same key did so before, what `existing` gives for its id; the
    answer then says so in the header `Idempotency-Replayed`.

    Raises BadInput for a key that can't be one, or that came with another request.
    """
    once = _once()
    if once is None:
        return begin(None)
    if earlier := once.started(db.session):
        return _replayed(existing(earlier))
    try:
        return begin(once)
    except WrongState:
        # What stands in its way may be what the same request, sent twice at once, has just started.
        if (earlier := once.started(db.session)) is None:
            raise
        return _replayed(existing(earlier))


def _once() -> Once | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not KEY.fullmatch(key):
        text = f"A key is 1 to {LONGEST_KEY} printable characters without spaces."
        raise BadInput(text, errors={HEADER: [text]})
    files = [(name, file.filename, getattr(file.stream, "sha256", "")) for name, file in request.files.items()]
    body = sorted(request.form.items(multi=True)) if files or request.form else request.get_data(cache=True)
    return Once(current_actor().id, key, fingerprint(request.method, request.full_path, body, files))


def _replayed(found: Started) -> Started:
    after_this_request(_say_so)
    return found


def _say_so(response: Response) -> Response:
    response.headers["Idempotency-Replayed"] = "true"
    return response
