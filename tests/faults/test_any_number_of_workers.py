"""However many workers there are and whoever is first: the outcome is that of one who reads from top to bottom."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.readings import IMPORTERS, REFUSED_AMOUNT, STRATEGIES, TABLES, as_csv, check
from tests.support.at_once import at_once
from tests.support.databases import Database
from tests.support.lab import Lab

meters = st.sampled_from(["1", "2", "3", "4"]) | st.integers(5, 99).map(str)
amounts = st.sampled_from(["1", "2", "3", "unknown", str(REFUSED_AMOUNT)])
readings_of_some = st.lists(st.tuples(meters, amounts), min_size=1, max_size=30).map(
    lambda rows: [(line, *row) for line, row in enumerate(rows, start=1)]
)

SLUGS = [slug for slug in STRATEGIES if not slug.endswith("elsewhere")]

few_on_postgresql = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
more_on_sqlite = settings(few_on_postgresql, max_examples=20)


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(importers=(IMPORTERS,), chunk_rows=4)


@pytest.fixture
def own(lab: Lab, database: str) -> Database:
    for statement in TABLES:
        lab.write(statement)
    return Database(database)


@pytest.mark.parametrize("slug", SLUGS)
@more_on_sqlite
@given(readings=readings_of_some, workers=st.integers(1, 4), seed=st.integers(0, 1000))
def test_on_sqlite(lab: Lab, own: Database, slug: str, *, readings, workers: int, seed: int) -> None:
    import_and_check(lab, own, slug, readings, [random.Random(seed + number) for number in range(workers)])


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("slug", SLUGS)
@few_on_postgresql
@given(readings=readings_of_some, workers=st.integers(1, 4), seed=st.integers(0, 1000))
def test_on_postgresql(lab: Lab, own: Database, slug: str, *, readings, workers: int, seed: int) -> None:
    import_and_check(lab, own, slug, readings, [random.Random(seed + number) for number in range(workers)])


def import_and_check(lab: Lab, own: Database, slug: str, readings, orders: list[random.Random]) -> None:
    """One worker for each of `orders`, in which it takes what is in the queue; all of them at the same time."""
    own.write(f"DELETE FROM {slug.partition('-')[0]}")
    run_id = lab.start(slug, as_csv(readings))
    at_once(lab.app, *[lambda order=order: lab.drain(order) for order in orders])
    lab.drain()
    check(own, run_id, slug, readings)
