"""Workers killed with SIGKILL again and again, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.killing import kill_and_check
from tests.faults.places import Places, places_in_postgresql
from tests.faults.readings import Reading
from tests.support.servers import PostgreSQLServer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, postgresql: PostgreSQLServer) -> Iterator[Places]:
    with places_in_postgresql(tmp_path_factory.mktemp("killed"), postgresql) as places:
        yield places


@pytest.mark.parametrize(("slug", "kills"), [("newest", 5), ("every-elsewhere", 7)])
def test_killed_workers_lose_and_double_nothing(
    places: Places, readings: list[Reading], file_of_readings: Path, slug: str, kills: int
) -> None:
    kill_and_check(places, readings, file_of_readings, slug, kills)
