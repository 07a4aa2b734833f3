"""Accounts: who may sign in, what they may do, and the tokens by which programs act for them."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages, the commands, and the gate in front of every view."""
    # Here, because `portal.errors` and others are still being imported when this package is.
    from portal.accounts import access, api, cli, views

    access.init_app(app)
    app.register_blueprint(views.blueprint)
    app.register_blueprint(api.blueprint)
    app.cli.add_command(cli.users)
    app.cli.add_command(cli.tokens)
