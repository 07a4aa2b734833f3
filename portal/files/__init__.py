"""Uploaded files: how they arrive, where they are kept."""

from __future__ import annotations

from flask import Flask

from portal.files.incoming import PortalRequest
from portal.files.recognising import kind_label
from portal.files.storage import init_storage
from portal.files.uses import init_uses


def init_app(app: Flask) -> None:
    """Bind the store, let uploads stream to disk, and add the pages and endpoints of files."""
    from portal.files import api, views  # they import this package

    app.request_class = PortalRequest
    init_storage(app, app.config["PORTAL"].storage_url)
    init_uses(app)
    app.jinja_env.filters["kind_label"] = kind_label
    app.register_blueprint(views.blueprint)
    app.register_blueprint(api.blueprint)
