"""Migrations, where nobody should have to think of them."""

from __future__ import annotations

from flask_migrate import upgrade

from portal.extensions import db


def upgrade_embedded_database() -> None:
    """Bring the embedded SQLite database up to date. A database server's schema is changed on purpose only
    (`portal db upgrade`), since several machines may be using it."""
    if db.engine.dialect.name == "sqlite":
        upgrade()
        db.engine.dispose()
