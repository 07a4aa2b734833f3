"""How long people wait: for a small file, for a cancel, for the summary of many failures, for their download."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.portals import Bench, products_portal
from tests.bench.products import write_products
from tests.bench.results import Figure, Result
from tests.support.http import run_id_of
from tests.support.running import until

TIMES = 5
ROWS = 1_000_000


def small(folder: Path) -> Iterator[Result]:
    """100 rows, accepted to finished."""
    source = folder / "small.csv"
    write_products(source, 100)
    with products_portal(folder / "portal") as bench:
        bench.seconds(source)  # the first one loads what later ones have
        yield Figure("100 rows, accepted to finished", "s", [bench.seconds(source) for _ in range(TIMES)], 1)


def cancelling(folder: Path) -> Iterator[Result]:
    """From the request to the run's being cancelled, at full speed, with another import beside it."""
    source, other = folder / "products.csv", folder / "other.csv"
    write_products(source, ROWS)
    write_products(other, ROWS, seed=8)
    with products_portal(folder / "portal") as bench:
        seconds = [_cancel(bench, source, other) for _ in range(TIMES)]
        yield Figure("cancel under load, asked to stopped", "s", seconds, 1)


def many_failures(folder: Path) -> Iterator[Result]:
    """The summary of 1,000,000 failed rows, and their download."""
    source = folder / "bad.csv"
    write_products(source, ROWS, bad=1)
    with products_portal(folder / "portal") as bench:
        run_id, _ = bench.run(source)
        page = f"/runs/{run_id}"
        shown = [_milliseconds(bench, page) for _ in range(TIMES + 1)][1:]
        yield Figure("page with the error summary of 1,000,000 failed rows", "ms", shown, 100)
        before = _web_megabytes(bench)
        speeds = [_download_speed(bench, f"/runs/{run_id}/failed-rows.csv") for _ in range(TIMES)]
        yield Figure("download of failed rows", "rows/s", speeds, 100_000, or_more=True)
        grown = [max(_web_megabytes(bench) - before, 0)]
        yield Figure("the web process's growth over these downloads", "MB", grown, 25)


def _cancel(bench: Bench, source: Path, other: Path) -> float:
    bench.clear()
    for file in (source, other):
        with file.open("ab") as text:
            text.write(b"\n")
    bench.visitor.upload("products", other)
    run_id = run_id_of(bench.visitor.upload("products", source))
    until(lambda: _is(bench, run_id, "successful > 100000"), 60, "rows are in")
    start = time.perf_counter()
    assert bench.visitor.post(f"/runs/{run_id}/cancel", page=f"/runs/{run_id}").status == 200
    until(lambda: _is(bench, run_id, "status = 'cancelled'"), 60, "it is cancelled")
    seconds = time.perf_counter() - start
    until(lambda: bench.portal.rows("SELECT 1 FROM ingest_runs WHERE completed_at IS NULL") == [], 60, "all is done")
    return seconds


def _is(bench: Bench, run_id: int, terms: str) -> bool:
    return bool(bench.portal.rows(f"SELECT 1 FROM ingest_runs WHERE id = ? AND {terms}", run_id))


def _milliseconds(bench: Bench, page: str) -> float:
    start = time.perf_counter()
    assert bench.visitor.get(page).status == 200
    return (time.perf_counter() - start) * 1_000


def _download_speed(bench: Bench, path: str) -> float:
    """Rows per second, read as they come."""
    address = urlsplit(bench.portal.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    start = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": bench.visitor.cookies})
    answer = connection.getresponse()
    assert answer.status == 200
    lines = 0
    while block := answer.read(1 << 20):
        lines += block.count(b"\n")
    seconds = time.perf_counter() - start
    assert lines == ROWS + 1, lines
    return ROWS / seconds


def _web_megabytes(bench: Bench) -> float:
    """The resident memory of the web processes together."""
    status = [Path(f"/proc/{pid}/status").read_text() for pid in bench.portal.web_pids()]
    return sum(int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) for text in status) / 1_000  # type: ignore[index]
