"""Counting queries."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from portal.extensions import db


@pytest.fixture
def count_queries(app):
    """`with count_queries() as queries:` collects the SELECTs that the app sends meanwhile."""

    @contextmanager
    def counting():
        queries: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if statement.startswith("SELECT"):
                queries.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        yield queries
        event.remove(engine, "before_cursor_execute", note)

    return counting
