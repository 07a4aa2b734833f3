"""Ingest Portal. `create_app` is the one place where its parts are wired together."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined

from config import Config
from portal.database import database_settings, prepare_engine
from portal.errors import register_error_handlers
from portal.extensions import csrf, db, htmx, huey, limiter, login
from portal.web.addresses import LazyRule

__version__ = "0.1.0"

PARTS = (
    "api",
    "web",
    "accounts",
    "files",
    "target_databases",
    "importers",
    "runs",
    "alignment",
    "datajobs",
    "webhooks",
    "workers",
    "serving",
)
"""The packages and modules that add something to the app, each by a function `init_app`. `api` comes before `web`, so
that the headers of every page are in an answer before it is finished (Flask calls the last one first)."""


def create_app(config: Config | None = None) -> Flask:
    """Make the app with `config`, by default that of the environment.

    Raises ValueError when a setting is wrong, with its name.
    """
    config = config or Config.from_environment()
    app = Flask(__name__, template_folder=_beside("templates"), static_folder=_beside("static"))
    app.url_rule_class = LazyRule
    app.config.from_mapping(config.flask_settings() | database_settings(config.database_url), PORTAL=config)
    app.config["MIGRATIONS"] = _beside("migrations")
    app.jinja_env.undefined = StrictUndefined  # a misspelt name must fail a test, not render as nothing
    _bind_extensions(app, config)
    for part in PARTS:
        import_module(f"portal.{part}").init_app(app)
    register_error_handlers(app)
    return app


def _bind_extensions(app: Flask, config: Config) -> None:
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    csrf.init_app(app)
    login.init_app(app)
    limiter.init_app(app)
    htmx.init_app(app)
    huey.init_app(app, config.huey_url)


def _beside(folder: str) -> str:
    """In the wheel the folders are inside the package, in a checkout beside it."""
    inside = Path(__file__).parent / folder
    return str(inside if inside.is_dir() else Path(__file__).parent.parent / folder)
