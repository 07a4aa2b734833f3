"""The migrations make the database that the models describe."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from config import TestConfig
from portal import create_app
from portal.extensions import db


def test_an_upgraded_database_is_that_of_the_models_and_can_be_taken_back(tmp_path: Path) -> None:
    app = create_app(TestConfig.below(tmp_path))
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, db.metadata) == []
        tables = set(inspect(db.engine).get_table_names())
        assert {"airlines", "airports", "planes", "flights", "ingest_runs", "users", "workers"} <= tables
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        db.engine.dispose()
