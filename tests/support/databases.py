"""A database seen from outside the portal, by its address: SQLite or PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, NullPool, create_engine

from portal.database import database_url

KINDS = ("sqlite", "postgresql")
ON_BOTH = pytest.mark.parametrize("database", KINDS, indirect=True)
"""A test marked so runs on each; those in tests/operations do without it."""

ALIKE = frozenset({int, float, str, bytes, type(None)})
"""What every database gives in the same form."""


class Database:
    """Asked and changed behind the portal's back. Values are marked by `?`, whatever the database."""

    def __init__(self, url: str) -> None:
        self.url = url
        address = database_url(url)
        if address.get_backend_name() == "sqlite":
            self._engine = create_engine(address, poolclass=NullPool, connect_args={"timeout": 60})
        else:  # connecting takes its time, and who waits for something asks often; the server may have been restarted
            self._engine = create_engine(address, pool_size=1, pool_pre_ping=True)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._engine.connect() as connection:
            return [as_sqlite_gives(row) for row in self._execute(connection, query, values)]

    def write(self, statement: str, *values: object) -> None:
        with self._engine.begin() as connection:
            self._execute(connection, statement, values)

    def _execute(self, connection: Connection, statement: str, values: tuple[object, ...]) -> Any:
        if self._engine.dialect.name == "postgresql":
            statement = statement.replace("%", "%%").replace("?", "%s")
        return connection.exec_driver_sql(statement, values)


def as_sqlite_gives(row: Any) -> tuple[Any, ...]:
    """The row with its values in SQLite's form, so that a test expects the same of both databases."""
    if ALIKE.issuperset(map(type, row)):
        return tuple(row)
    return tuple(_as_sqlite_gives(value) for value in row)


def _as_sqlite_gives(value: object) -> object:
    match value:
        case bool():
            return int(value)
        case Decimal():
            return int(value) if value == int(value) else float(value)
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
        case date():
            return value.isoformat()
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        case _:
            return value
