"""Uploaded files: how they arrive, where they are kept."""

from __future__ import annotations

from flask import Flask

from portal.files.incoming import PortalRequest
from portal.files.storage import init_storage


def init_app(app: Flask) -> None:
    """Bind the store, and let uploads stream to disk."""
    app.request_class = PortalRequest
    init_storage(app, app.config["PORTAL"].storage_url)
