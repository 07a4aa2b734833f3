"""Alignment: training data in chat format, made of Markdown."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add what alignment brings to the app."""
    from portal.alignment import api, models, views  # noqa: F401 - models tells the database of its tables
    from portal.alignment.uses import USED_IDS, uses_in_alignments
    from portal.files import uses

    uses.register(app, uses_in_alignments, USED_IDS)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(api.blueprint)
