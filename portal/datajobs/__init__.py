"""Data jobs: sets of documents that become Markdown, then training data."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages and endpoints of data jobs, and say which files are in use."""
    from portal.datajobs import api, views  # they import this package
    from portal.datajobs.uses import USED_IDS, uses_in_jobs
    from portal.files import uses

    uses.register(app, uses_in_jobs, USED_IDS)
    app.register_blueprint(views.blueprint)
    for blueprint in api.BLUEPRINTS:
        app.register_blueprint(blueprint)
