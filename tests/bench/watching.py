"""Two hundred programs watch one import: how long they wait, and what it costs the import."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from tests.bench.portals import Bench, products_portal
from tests.bench.products import write_products
from tests.bench.results import Comparison, Figure, Result

ROWS = 2_000_000
WATCHERS = 200
TIMES = 5


def watched(folder: Path) -> Iterator[Result]:
    """An import alone and the same one watched, in turn."""
    source = folder / "products.csv"
    write_products(source, ROWS)
    alone, beside, waits = [], [], []
    with products_portal(folder / "portal") as bench:
        token = bench.portal.must("tokens", "create", "bench@localhost")
        for _ in range(TIMES):
            bench.clear()
            alone.append(ROWS / bench.seconds(source))
            bench.clear()
            with watchers(bench, token) as milliseconds:
                beside.append(ROWS / bench.seconds(source))
            waits.append(quantiles(milliseconds, n=100)[98])
    yield Comparison(f"import watched by {WATCHERS} programs each second", beside, "alone", alone, 0.9)
    yield Figure(f"an answer to one of {WATCHERS} watchers, 99th percentile", "ms", waits, 150)


@contextmanager
def watchers(bench: Bench, token: str) -> Iterator[list[float]]:
    """Watchers of the run that comes next; at the end the list has the milliseconds that each answer took."""
    milliseconds: list[float] = []
    [(last,)] = bench.portal.rows("SELECT coalesce(max(id), 0) FROM ingest_runs")
    url = f"{bench.portal.url}/api/v1/ingest/{last + 1}"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.watchers", url, token, str(WATCHERS)], stdout=subprocess.PIPE, text=True
    )
    try:
        yield milliseconds
    finally:
        process.terminate()
        seen = json.loads(process.communicate(timeout=60)[0])
        assert set(seen["statuses"]) <= {"200", "304", "404"}, seen["statuses"]
        milliseconds += seen["milliseconds"]
