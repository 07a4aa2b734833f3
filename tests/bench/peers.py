"""Against django-import-export in bulk mode with the same checks, into SQLite, also with a function for each row.

It is given 20,000 of the rows, since a million would take it minutes; its speed doesn't depend on how many there are.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.portals import products_portal
from tests.bench.products import write_products
from tests.bench.results import Comparison, Result

ROWS = 1_000_000
THEIR_ROWS = 20_000
PAIRS = 5


def with_checks(folder: Path) -> Iterator[Result]:
    yield _compared(folder, "products", "1,000,000 rows with checks, against django-import-export in bulk mode", 80)


def with_hook(folder: Path) -> Iterator[Result]:
    title = "with a Python hook on every row, against django-import-export in bulk mode"
    yield _compared(folder, "hooked-products", title, 8)


def _compared(folder: Path, importer: str, title: str, at_least: float) -> Comparison:
    source, theirs = folder / "products.csv", folder / "theirs.csv"
    failing = write_products(source, ROWS)
    write_products(theirs, THEIR_ROWS)
    ours_speeds, their_speeds = [], []
    with products_portal(folder / "portal") as bench:
        for _ in range(PAIRS):
            bench.clear()
            ours_speeds.append(ROWS / bench.seconds(source, importer, successful=ROWS - failing, failed=failing))
            their_speeds.append(THEIR_ROWS / _their_seconds(folder, theirs, hooked=importer != "products"))
    return Comparison(title, ours_speeds, "django-import-export", their_speeds, at_least)


def _their_seconds(folder: Path, source: Path, *, hooked: bool) -> float:
    words = [str(folder / "django.db"), str(source), "hooked" if hooked else "plain"]
    command = [sys.executable, "-m", "tests.bench.django_peer", *words]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert said["imported"] + said["failed"] == THEIR_ROWS, said
    assert said["failed"] > 0, said
    return float(said["seconds"])
