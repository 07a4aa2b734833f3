"""Row imports: a run takes one file into one table."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages, endpoints and commands of runs."""
    from portal.runs import api, cli, views  # they import this package

    app.register_blueprint(views.blueprint)
    app.register_blueprint(api.blueprint)
    app.cli.add_command(cli.ingest)
