"""The `Idempotency-Key` of a request."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from flask import g, request

from portal.accounts.access import current_actor
from portal.errors import BadInput
from portal.extensions import db
from portal.idempotency import LONGEST_KEY, Once, StartedBefore, fingerprint

Started = TypeVar("Started")

HEADER = "Idempotency-Key"
KEY = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")


def at_most_once(begin: Callable[[Once | None], Started], existing: Callable[[int], Started]) -> Started:
    """What `begin` starts, or, where a request with the same key did so before, what `existing` gives for its id.

    Raises BadInput for a key that can't be one, or that came with another request.
    """
    once = _once()
    if once is None:
        return begin(None)
    if earlier := once.started(db.session):
        return _replayed(existing(earlier))
    try:
        return begin(once)
    except StartedBefore as found:
        return _replayed(existing(found.subject_id))


def was_replayed() -> bool:
    """Whether this request started nothing, since it was sent before."""
    return bool(g.get("replayed", False))


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
    g.replayed = True
    return found
