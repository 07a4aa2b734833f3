"""Alembic's environment: the app's engine, the app's models."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import text

from portal.database import UTCDateTime

db = current_app.extensions["migrate"].db


def render_item(kind, item, _autogen_context):
    """Write our own types into migrations as what they are in the database, so that they outlive our code."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


if context.is_offline_mode():
    context.configure(url=str(db.engine.url), target_metadata=db.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # Many an ALTER makes the table anew there. To drop the old one would delete, by ON DELETE CASCADE, whatever
            # refers to its rows (https://www.sqlite.org/lang_altertable.html#otheralter). Has no effect within a
            # transaction, so it goes past SQLAlchemy, which would begin one.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                # Of two machines that upgrade at once, the second one waits, and finds that nothing is left to do.
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('portal migrations'))"))
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
