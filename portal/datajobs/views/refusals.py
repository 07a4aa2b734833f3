"""Refusals that are told on the page of the job, where one goes on, and not in its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import flash

from portal.errors import PortalError


@contextmanager
def told() -> Iterator[None]:
    """Turn a refusal into a message on the next page: the file was removed meanwhile, say, or nothing has failed."""
    try:
        yield
    except PortalError as error:
        flash(f"{error.detail} {error.fix}".strip(), "warning")
