"""The migrations make the database that the models describe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from config import TestConfig
from portal import create_app
from portal.extensions import db
from portal.migrations import bind_migrations


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'portal.db'}"
        return
    with request.getfixturevalue("postgresql").database() as url:
        yield url


def test_an_upgraded_database_is_that_of_the_models_and_can_be_taken_back(tmp_path: Path, empty: str) -> None:
    app = create_app(TestConfig.below(tmp_path, database_url=empty))
    bind_migrations(app)
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


def test_an_upgrade_keeps_what_is_there(tmp_path: Path, empty: str) -> None:
    app = create_app(TestConfig.below(tmp_path, database_url=empty))
    bind_migrations(app)
    with app.app_context():
        upgrade(revision="0001")
        for statement in A_RUN:
            db.session.execute(text(statement))
        db.session.commit()
        upgrade()
        for table in ("ingest_runs", "ingest_chunks", "ingest_error_groups", "ingest_rows", "ingest_row_errors"):
            assert db.session.scalar(text(f"SELECT count(*) FROM {table}")) == 1, table
        assert db.session.scalar(text("SELECT token FROM ingest_runs"))
        if db.engine.dialect.name == "sqlite":
            made = db.session.scalars(text("SELECT sql FROM sqlite_master WHERE name LIKE 'ingest_row%'")).all()
            assert [statement.rstrip().endswith("WITHOUT ROWID") for statement in made] == [True, True]
        db.session.remove()
        db.engine.dispose()


A_RUN = (
    "INSERT INTO ingest_runs (id, importer, status, dry_run, original_filename, staged, successful, failed, skipped,"
    " settled, headers, mapping, source_text, created_at, attempts)"
    " VALUES (1, 'planes', 'completed_with_errors', false,"
    " 'planes.csv', 2, 1, 1, 0, 0, '[]', '{}', '', '2026-11-21 10:00:00', 1)",
    "INSERT INTO ingest_chunks (id, run_id, number, wave, rows, storage_key, status, attempts, successful, failed,"
    " skipped, enqueued_at) VALUES (1, 1, 0, 0, 2, 'x', 'done', 1, 1, 1, 0, '2026-11-21 10:00:00')",
    "INSERT INTO ingest_error_groups (id, run_id, key, field, rule, message, count, suggested_fix)"
    " VALUES (1, 1, 'year.type', 'year', 'type', 'No.', 1, '')",
    "INSERT INTO ingest_rows (run_id, row_number, cells) VALUES (1, 2, '[\"x\"]')",
    "INSERT INTO ingest_row_errors (group_id, row_number, value) VALUES (1, 2, 'x')",
)
"""A run of the first release, with a chunk and a failed row."""
