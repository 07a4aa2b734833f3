"""A whole portal that imports meter readings, into tables of its own and of a database beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.importers import ELSEWHERE
from tests.faults.readings import IMPORTERS, TABLES
from tests.support.databases import Database
from tests.support.running import RunningPortal, running_portal
from tests.support.servers import PostgreSQLServer

CHUNK_ROWS = 15_000
"""Of the 60,000 readings, which makes as many chunks as a long file has, in a fraction of the time."""


@dataclass(frozen=True)
class Places:
    """The portal, and the other database."""

    portal: RunningPortal
    other: Database

    def of(self, slug: str) -> RunningPortal | Database:
        """Where the importer's table is."""
        return self.other if slug.endswith(ELSEWHERE) else self.portal

    def clear(self, slug: str) -> None:
        self.of(slug).write(f"DELETE FROM {slug.partition('-')[0]}")


@contextmanager
def places_in_sqlite(folder: Path, **environment: str) -> Iterator[Places]:
    other = Database(f"sqlite:///{folder / 'other.db'}")
    with running_portal(folder / "portal", **_settings(other), **environment) as portal:
        yield _with_tables(portal, other)


@contextmanager
def places_in_postgresql(folder: Path, server: PostgreSQLServer, **environment: str) -> Iterator[Places]:
    with server.database() as own_url, server.database() as other_url:
        other = Database(other_url)
        settings = _settings(other) | {"DATABASE_URL": own_url} | environment
        RunningPortal(folder, **settings).must("db", "upgrade")
        with running_portal(folder / "portal", **settings) as portal:
            yield _with_tables(portal, other)


def _settings(other: Database) -> dict[str, str]:
    return {
        "PORTAL_IMPORTERS": IMPORTERS,
        "PORTAL_DATABASES": f"{ELSEWHERE}={other.url}",
        "READINGS_IN_A_CHUNK": str(CHUNK_ROWS),
    }


def _with_tables(portal: RunningPortal, other: Database) -> Places:
    for statement in TABLES:
        portal.write(statement)
        other.write(statement)
    return Places(portal, other)
