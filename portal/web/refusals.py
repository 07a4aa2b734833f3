"""Refusals that are told on the page where one goes on, and not in its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import flash

from portal.errors import PortalError
from portal.web.requests import wants_fragment


@contextmanager
def told() -> Iterator[None]:
    """Turn a refusal into a message on the next page: the file was removed meanwhile, say, or nothing has failed. Where
    a part of a page is asked for, there is no next one: it is told above the page, as any refusal is."""
    try:
        yield
    except PortalError as error:
        if wants_fragment():
            raise
        flash(f"{error.detail} {error.fix}".strip(), "warning")
