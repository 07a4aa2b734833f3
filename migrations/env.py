"""Alembic's environment: the app's engine, the app's models."""

from __future__ import annotations

from alembic import context
from flask import current_app

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
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
