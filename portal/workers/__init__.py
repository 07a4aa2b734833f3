"""Worker processes: what they run, how they say that they are there, how the dead are found."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:  # noqa: ARG001 - every part has this function
    """Make the table of workers known."""
    from portal.workers import models  # noqa: F401 - models need the extensions, which are being imported now
