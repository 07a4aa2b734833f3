"""`portal`: the app's commands, and those that run it."""

from __future__ import annotations

from flask import Flask
from flask.cli import FlaskGroup, NoAppException
from flask_migrate.cli import db as migrations

from portal import create_app
from portal.serving.cli import serve, web, worker


def _create_app() -> Flask:
    """A setting that is wrong is told in a sentence, without a traceback."""
    try:
        return create_app()
    except ValueError as error:
        raise NoAppException(str(error)) from None


main = FlaskGroup(
    create_app=_create_app,
    add_default_commands=False,
    help="Ingest Portal: bring files in, see what failed and why, retry only that.",
)
for command in (serve, web, worker, migrations):
    main.add_command(command)

if __name__ == "__main__":
    main()
