"""`portal db ...`: the migrations. Alembic is loaded where they are wanted: it would take a tenth of every start."""

from __future__ import annotations

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
    """Flask-Migrate's commands, loaded when one of them is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return _commands().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        bind_migrations(ctx.ensure_object(ScriptInfo).load_app())
        return _commands().get_command(ctx, cmd_name)


def _commands() -> click.Group:
    from flask_migrate.cli import db as commands  # see above

    group: click.Group = commands
    return group


migrations = Migrations("db", help="Perform database migrations.")
