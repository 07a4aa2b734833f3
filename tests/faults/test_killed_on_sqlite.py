"""Workers killed with SIGKILL again and again, at 50 moments and more of staging, processing and finishing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.killing import kill_and_check
from tests.faults.places import Places, places_in_sqlite
from tests.faults.readings import Reading

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with places_in_sqlite(tmp_path_factory.mktemp("killed")) as places:
        yield places


@pytest.mark.parametrize(("slug", "kills"), [("newest", 14), ("oldest", 13), ("every", 13), ("every-elsewhere", 12)])
def test_killed_workers_lose_and_double_nothing(
    places: Places, readings: list[Reading], file_of_readings: Path, slug: str, kills: int
) -> None:
    kill_and_check(places, readings, file_of_readings, slug, kills)
