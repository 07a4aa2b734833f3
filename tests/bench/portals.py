"""Portals that benchmarks import with, and the times that their runs take."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from portal.database import database_url
from tests.bench.products import IMPORTERS, POSTGRESQL_TABLE, SQLITE_TABLE
from tests.support.http import Visitor, run_id_of
from tests.support.running import RunningPortal, running_portal

RUN_SECONDS = 900


@dataclass
class Bench:
    """A portal with an empty table `products`, and someone signed in to it."""

    portal: RunningPortal
    visitor: Visitor
    _uploads: int = 0

    def clear(self) -> None:
        """Empty the table."""
        self.portal.write("DELETE FROM products" if self._is_sqlite else "TRUNCATE products")

    def seconds(self, source: Path, importer: str = "products", **counts: int) -> float:
        """Import `source`; returns the seconds from its being accepted to the end of the run, which must have these
        `counts`."""
        run_id, seconds = self.run(source, importer)
        for name, expected in counts.items():
            assert self.portal.rows(f"SELECT {name} FROM ingest_runs WHERE id = ?", run_id) == [(expected,)], name
        return seconds

    def run(self, source: Path, importer: str = "products") -> tuple[int, float]:
        """Import `source`; returns the run's id and those seconds."""
        # The same file again would be asked about: another blank line at its end makes it another one.
        self._uploads += 1
        with source.open("ab") as file:
            file.write(b"\n")
        run_id = run_id_of(self.visitor.upload(importer, source))
        start = time.perf_counter()
        status = self._status_at_end(run_id)
        seconds = time.perf_counter() - start
        assert status in ("completed", "completed_with_errors"), status
        return run_id, seconds

    def _status_at_end(self, run_id: int) -> str:
        """Looks 50 times a second, by one connection: a new one each time would take a good part of a core."""
        query = text("SELECT status FROM ingest_runs WHERE id = :id AND completed_at IS NOT NULL")
        engine = create_engine(database_url(self.portal.database_url), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            end = time.monotonic() + RUN_SECONDS
            while time.monotonic() < end:
                if status := connection.scalar(query, {"id": run_id}):
                    return str(status)
                time.sleep(0.02)
        raise AssertionError(f"Run {run_id} has not finished within {RUN_SECONDS} s.")

    @property
    def _is_sqlite(self) -> bool:
        return "DATABASE_URL" not in self.portal.environment


@contextmanager
def products_portal(folder: Path, *, workers: int = 2, database_url: str | None = None) -> Iterator[Bench]:
    """A portal in `folder` with the importers of products; its database is SQLite unless there is an address."""
    settings = {"PORTAL_IMPORTERS": IMPORTERS} | ({"DATABASE_URL": database_url} if database_url else {})
    if database_url:
        folder.mkdir()
        command = [sys.executable, "-m", "portal", "db", "upgrade"]
        environment = os.environ | settings | {"PORTAL_DATA_DIR": str(folder)}
        subprocess.run(command, env=environment, check=True, capture_output=True)
    with running_portal(folder, workers=workers, **settings) as portal:
        portal.write((POSTGRESQL_TABLE if database_url else SQLITE_TABLE).format("products"))
        yield Bench(portal, Visitor(portal.url, portal.sign_in_link("bench@localhost")))
