"""`portal db ...`: the migrations. Alembic is loaded where they are wanted: it would take a tenth of every start."""

from __future__ import annotations

from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo

from portal.extensions import db


def bind_migrations(app: Flask) -> None:
    """Let Flask-Migrate know `app`, which its functions and commands ask for."""
    from flask_migrate import Migrate  # see above

    if "migrate" not in app.extensions:
        Migrate(app, db, directory=app.config["MIGRATIONS"])


class Migrations(click.Group):
    """Stands for Flask-Migrate's group until it is wanted."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if parent is not None and not parent.resilient_parsing:
            bind_migrations(parent.ensure_object(ScriptInfo).load_app())
        return _commands().make_context(info_name, args, parent=parent, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return _commands().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _commands().get_command(ctx, cmd_name)


def _commands() -> click.Group:
    from flask_migrate.cli import db as commands  # see above

    group: click.Group = commands
    return group


migrations = Migrations("db", help="Perform database migrations.")
