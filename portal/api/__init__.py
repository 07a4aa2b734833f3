"""What all endpoints of the JSON API share. A domain has its own in `api` beside its views."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the OpenAPI document and its page, and what finishes answers."""
    from portal.api import answering, limits, repeats, views  # they import what imports this package

    app.json.sort_keys = False  # type: ignore[attr-defined]  # what matters first is written first
    repeats.init_app(app, app.config["PORTAL"].api_repeat_seconds)
    answering.init_app(app)
    limits.init_app(app)
    app.register_blueprint(views.blueprint)
