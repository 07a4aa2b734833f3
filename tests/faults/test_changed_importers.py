"""The importer's code is changed while a run is at work, or before a retry: it goes on, or says why it can't."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portal.extensions import huey
from portal.importers import Importer, Integer
from portal.lifecycle import RunStatus
from portal.runs.engine import staging
from tests.faults.readings import IMPORTERS, TABLES
from tests.support.databases import ON_BOTH
from tests.support.lab import Lab, counts

READINGS = "line,meter,amount\n1,1,100\n2,2,unknown\n3,3,300\n4,4,-4\n5,5,500\n"

pytestmark = ON_BOTH


def definitions() -> dict[str, type[Importer]]:
    """What the code of the importer `newest` may have become."""

    class Renamed(Importer, table="newest", key="meter", on_duplicate="update", slug="newest"):
        number = Integer(required=True, aliases=["line"], maximum=1000)
        meter = Integer(required=True)
        amount = Integer()

    class Lenient(Importer, table="newest", key="meter", on_duplicate="update", slug="newest", null_values=["unknown"]):
        line = Integer(required=True)
        meter = Integer(required=True)
        amount = Integer()

    class Shorter(Importer, table="newest", key="meter", on_duplicate="update", slug="newest"):
        line = Integer(required=True)
        meter = Integer(required=True)

    class Demanding(Importer, table="newest", key="meter", on_duplicate="update", slug="newest"):
        line = Integer(required=True)
        meter = Integer(required=True)
        amount = Integer()
        unit = Integer(required=True)

    class OtherKey(Importer, table="newest", key="line", on_duplicate="update", slug="newest"):
        line = Integer(required=True)
        meter = Integer(required=True)
        amount = Integer()

    return {made.__name__: made for made in (Renamed, Lenient, Shorter, Demanding, OtherKey)}


CHANGED = definitions()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(importers=(IMPORTERS,), chunk_rows=2)


@pytest.fixture
def run_id(lab: Lab) -> int:
    for statement in TABLES:
        lab.write(statement)
    return lab.start("newest", READINGS)


def change(lab: Lab, to: str) -> None:
    """As if all processes were started again with the new code."""
    importers = lab.app.extensions["importers"]
    importers.pop("newest")
    if to:
        importers["newest"] = CHANGED[to].definition


@pytest.mark.parametrize(
    ("to", "status", "expected", "words"),
    [
        ("Lenient", "completed", (2, 2, 0, 0), None),
        ("Shorter", "completed", (2, 2, 0, 0), None),
        ("Demanding", "failed", (None, 0, 0, 0), "The file has no column unit, which this importer needs."),
        ("OtherKey", "failed", (2, 0, 0, 0), "The importer doesn't fit its table"),
        ("Renamed", "failed", (2, 0, 0, 0), "The importer doesn't fit its table"),
        ("", "failed", (None, 0, 0, 0), "There is no importer called newest any more."),
    ],
)
def test_before_a_retry(lab: Lab, run_id: int, to: str, *, status: str, expected, words: str | None) -> None:
    lab.drain()
    assert counts(lab.find(run_id)) == (5, 3, 2, 0)
    change(lab, to)
    retry = lab.retry(run_id)
    assert (retry.status, counts(retry)) == (status, expected)
    assert (retry.error or "").startswith(words or "")
    assert bool(retry.error_fix) == (retry.status == RunStatus.FAILED)


@pytest.mark.parametrize(
    ("to", "status", "successful", "words"),
    [
        ("Lenient", "completed", 5, None),
        ("Shorter", "failed", 0, "The importer newest has been changed since the file was read: amount is no column"),
        ("Demanding", "failed", 0, "The importer newest has been changed since the file was read: it needs unit"),
        ("Renamed", "failed", 0, "The importer newest has been changed since the file was read: line is no column"),
        ("OtherKey", "failed", 0, "The importer doesn't fit its table"),
        ("", "failed", 0, "There is no importer called newest any more."),
    ],
)
def test_between_staging_and_processing(
    lab: Lab, run_id: int, to: str, *, status: str, successful: int, words: str | None
) -> None:
    staging.stage_run(lab.context(), run_id)
    assert huey.pending_count() > 0
    change(lab, to)
    lab.drain()
    run = lab.find(run_id)
    assert (run.status, run.successful) == (status, successful)
    assert (run.error or "").startswith(words or "")
    assert bool(run.error_fix) == (run.status == RunStatus.FAILED)
    assert lab.rows("SELECT count(*) FROM newest") == [(successful,)]
