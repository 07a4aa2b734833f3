"""A whole portal with the flights' small tables in it, and what to import: the flights, and meter readings."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import TestConfig
from portal import create_app
from portal.extensions import db
from portal.serving.schema import upgrade_embedded_database
from tests.faults.readings import Reading, as_csv, some_readings
from tests.support.flights import FIRST, first_flights, flights_csv
from tests.support.lab import import_referred_here
from tests.support.running import RunningPortal, running_portal

FLIGHTS_IN_PIECES = str(Path(__file__).with_name("flights_in_pieces.py"))


@pytest.fixture(scope="session")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole file of flights."""
    return flights_csv(tmp_path_factory.mktemp("flights"))


@pytest.fixture(scope="session")
def some_flights(flights: Path) -> Path:
    """The FIRST of them, as many as make a run that something can happen to, for the importer `flights-in-pieces`."""
    return first_flights(flights, flights.with_name("some.csv"), FIRST.rows)


@pytest.fixture(scope="session")
def referred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a portal that has airlines, airports and planes, and doesn't run."""
    folder = tmp_path_factory.mktemp("referred") / "portal"
    folder.mkdir()
    app = create_app(TestConfig.below(folder))
    with app.app_context():
        upgrade_embedded_database()
        import_referred_here(folder)
        db.engine.dispose()
    return folder


@pytest.fixture(scope="module")
def portal_of_flights(referred: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """A running portal with airlines, airports and planes, for the tests of one file."""
    folder = tmp_path_factory.mktemp("flights") / "portal"
    shutil.copytree(referred, folder)
    with running_portal(folder, PORTAL_IMPORTERS=FLIGHTS_IN_PIECES) as running:
        yield running


@pytest.fixture
def portal(portal_of_flights: RunningPortal) -> RunningPortal:
    """Without flights."""
    portal_of_flights.write("DELETE FROM flights")
    return portal_of_flights


@pytest.fixture(scope="session")
def readings() -> list[Reading]:
    return some_readings(60_000, random.Random(1))


@pytest.fixture(scope="session")
def file_of_readings(readings: list[Reading], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("readings") / "readings.csv"
    path.write_text(as_csv(readings))
    return path
