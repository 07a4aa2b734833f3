"""Whole runs of a million rows, accepted to finished, against the databases' own bulk loaders."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from tests.bench.portals import Bench, products_portal
from tests.bench.products import POSTGRESQL_TABLE, SQLITE_TABLE, write_products
from tests.bench.results import Comparison, Result
from tests.support import servers

ROWS = 1_000_000
PAIRS = 5

SERVER_SETTINGS = ("shared_buffers=256MB", "max_wal_size=4GB", "checkpoint_timeout=30min")
"""Of a server that is used for loading; it is as safe from crashes as any other. Both sides use it."""


def into_sqlite(folder: Path) -> Iterator[Result]:
    """Against `sqlite3 .import` of the same file, which checks nothing: a table of the same definition, in the same
    journal mode."""
    source = folder / "products.csv"
    failing = write_products(source, ROWS)
    with products_portal(folder / "portal") as bench:
        yield _compared(
            "1,000,000 rows into SQLite, two workers, against `sqlite3 .import`",
            lambda: _ours(bench, source, failing),
            ("sqlite3 .import", lambda: _sqlite_import(source, folder)),
            0.8,
        )


def into_postgresql(folder: Path) -> Iterator[Result]:
    """Against `psql \\copy` of those rows of the same file that it can take, into the same server."""
    source = folder / "products.csv"
    failing = write_products(source, ROWS)
    good = folder / "good.csv"
    pl.scan_csv(source, infer_schema=False).filter(pl.col("quantity") != "n/a").sink_csv(good)
    with servers.postgresql_server(SERVER_SETTINGS) as server:
        for workers, at_least in ((1, 0.75), (2, 1.0)):
            with (
                server.database() as url,
                products_portal(folder / f"portal-{workers}", workers=workers, database_url=url) as bench,
            ):
                bench.portal.write(POSTGRESQL_TABLE.format("copied"))
                many = "one worker" if workers == 1 else "two workers"
                yield _compared(
                    f"1,000,000 rows into PostgreSQL, {many}, against `psql \\copy`",
                    lambda bench=bench: _ours(bench, source, failing),
                    ("psql \\copy", lambda bench=bench, url=url: _psql_copy(bench, good, url)),
                    at_least,
                )


def _compared(
    title: str, ours: Callable[[], float], other: tuple[str, Callable[[], float]], at_least: float
) -> Comparison:
    """One pair to warm up, then PAIRS that count."""
    name, theirs = other
    pairs = [(ours(), theirs()) for _ in range(PAIRS + 1)][1:]
    speeds = [(ROWS / mine, ROWS / others) for mine, others in pairs]
    return Comparison(title, [mine for mine, _ in speeds], name, [others for _, others in speeds], at_least)


def _ours(bench: Bench, source: Path, failing: int) -> float:
    bench.clear()
    return bench.seconds(source, total=ROWS, successful=ROWS - failing, failed=failing)


def _sqlite_import(source: Path, folder: Path) -> float:
    database = folder / "limit.db"
    for old in folder.glob("limit.db*"):
        old.unlink()
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(SQLITE_TABLE.format("products"))
    plain = folder / "limit.csv"
    plain.write_bytes(source.read_bytes().rstrip(b"\n") + b"\n")  # it takes a blank line for a row
    script = f"PRAGMA synchronous=NORMAL;\n.mode csv\n.import --skip 1 {plain} products\n"
    return _timed(["sqlite3", str(database)], script)


def _psql_copy(bench: Bench, good: Path, url: str) -> float:
    bench.portal.write("TRUNCATE copied")
    return _timed(["psql", "--quiet", url], f"\\copy copied from '{good}' with (format csv, header)\n")


def _timed(command: list[str], script: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, input=script, text=True, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start
