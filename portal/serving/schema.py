"""The database's schema before anything is served: that it is there, and that it is the one that this release needs."""

from __future__ import annotations

from flask import Flask, current_app
from sqlalchemy.exc import OperationalError

from portal.errors import PortalError, WrongState
from portal.extensions import db
from portal.migrations import bind_migrations


def upgrade_embedded_database() -> None:
    """Bring the embedded SQLite database up to date. A database server's schema is changed on purpose only
    (`portal db upgrade`), since several machines may be using it."""
    from flask_migrate import upgrade  # as in `portal.migrations`

    if db.engine.dialect.name == "sqlite":
        bind_migrations(_app())
        upgrade()
        db.engine.dispose()


def check_schema() -> None:
    """Raises WrongState where the migrations of this release haven't been run, PortalError where the database can't
    be reached."""
    from alembic.migration import MigrationContext  # as in `portal.migrations`
    from alembic.script import ScriptDirectory

    bind_migrations(_app())
    migrations = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    try:
        with db.engine.connect() as connection:
            there = MigrationContext.configure(connection).get_current_heads()
    except OperationalError as error:
        reason = str(error.orig).partition("\n")[0]
        raise PortalError(f"The database can't be reached: {reason}.", fix="Look at DATABASE_URL.") from None
    if set(there) != set(migrations.get_heads()):
        raise WrongState("The database isn't that of this release.", fix="Say: portal db upgrade")
    db.engine.dispose()


def _app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way
    return app
