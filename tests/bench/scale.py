"""How the speed and the memory of a run go with the length of its file, and with what its rows are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.bench.portals import Bench, products_portal
from tests.bench.products import write_products
from tests.bench.results import Comparison, Figure, Result

ROWS = 1_000_000
TIMES = 5


def updating(folder: Path) -> Iterator[Result]:
    """A million rows that are there already, against the same rows when they are new."""
    source = folder / "products.csv"
    failing = write_products(source, ROWS)
    inserted, updated = [], []
    with products_portal(folder / "portal") as bench:
        for _ in range(TIMES):
            bench.clear()
            inserted.append(ROWS / bench.seconds(source, failed=failing))
            updated.append(ROWS / bench.seconds(source, failed=failing))
    yield Comparison("update of 1,000,000 rows, against inserting them", updated, "inserting", inserted, 0.6)


def failing(folder: Path) -> Iterator[Result]:
    """A file in which every row fails, against one in which none does."""
    good, bad = folder / "good.csv", folder / "bad.csv"
    write_products(good, ROWS, bad=0)
    write_products(bad, ROWS, bad=1)
    fine, failed = [], []
    with products_portal(folder / "portal") as bench:
        for _ in range(TIMES):
            bench.clear()
            fine.append(ROWS / bench.seconds(good, successful=ROWS))
            failed.append(ROWS / bench.seconds(bad, failed=ROWS))
    yield Comparison("every row fails, against none does (1,000,000 rows)", failed, "none fails", fine, 0.3)


def length(folder: Path) -> Iterator[Result]:
    """10,000,000 rows (0.85 GB) against 100,000 and 1,000,000: speed, and memory of the workers."""
    files = {rows: folder / f"{rows}.csv" for rows in (100_000, ROWS, 10 * ROWS)}
    for rows, source in files.items():
        write_products(source, rows)
    speeds: dict[int, list[float]] = {rows: [] for rows in files}
    peaks: dict[int, list[float]] = {rows: [] for rows in files}
    for turn in range(TIMES):
        for rows, source in files.items():
            # A portal of its own for each, since a worker's memory is that of the largest run it has seen.
            with products_portal(folder / f"portal-{turn}-{rows}") as bench:
                bench.seconds(files[100_000])  # to warm up
                bench.clear()
                speeds[rows].append(rows / bench.seconds(source, total=rows))
                peaks[rows].append(_peak_megabytes(bench))
    yield Comparison(
        "rows/s at 10,000,000 rows, against 100,000", speeds[10 * ROWS], "100,000 rows", speeds[100_000], 0.85
    )
    for rows in (ROWS, 10 * ROWS):
        yield Figure(f"peak memory of a worker, {rows:,} rows", "MB", peaks[rows], 500)


def _peak_megabytes(bench: Bench) -> float:
    """The highest resident memory that any of the workers has had."""
    status = [Path(f"/proc/{pid}/status").read_text() for pid in bench.portal.worker_pids()]
    return max(int(re.search(r"VmHWM:\s+(\d+) kB", text)[1]) for text in status) / 1_000  # type: ignore[index]
