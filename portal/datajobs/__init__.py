"""Data jobs: sets of documents that become Markdown, then training data."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages, endpoints and commands of data jobs, and say which files are in use."""
    from portal.datajobs import api, cli, views  # they import this package
    from portal.datajobs.uses import KEPT_IDS, USED_IDS, let_go, uses_in_jobs
    from portal.files import uses

    uses.register(app, uses_in_jobs, USED_IDS, kept_ids=KEPT_IDS, let_go=let_go)
    app.register_blueprint(views.blueprint)
    app.cli.add_command(cli.jobs)
    for blueprint in api.BLUEPRINTS:
        app.register_blueprint(blueprint)
