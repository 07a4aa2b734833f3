"""A worker that dies at any of its statements: what it leaves behind is brought to the one right end by another."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from portal.extensions import db, huey
from portal.runs.engine import recovery
from portal.target_databases import engine
from portal.workers.identity import worker_id
from tests.faults.importers import ELSEWHERE
from tests.faults.readings import IMPORTERS, STRATEGIES, TABLES, Reading, as_csv, check
from tests.support.databases import ON_BOTH, Database
from tests.support.lab import Lab

READINGS: list[Reading] = [
    *((line, str(line), str(100 * line)) for line in range(1, 9)),
    (9, "1", "unknown"),
    (10, "2", "13"),
    (11, "3", "1100"),
    (12, "3", "1200"),
    (13, "13", "13"),
]
"""In chunks of four and more than one wave: good ones, wrong ones, refused ones, keys that come again."""

STEP = 41
"""All statements would take a minute for each importer and database: each begins at another one and leaves some out."""


class Died(BaseException):
    """What a killed worker leaves undone; no `except Exception` may catch it."""


class Death:
    """Comes at the statement with the number `at`, and lets nothing more through until `over`."""

    def __init__(self, *engines: Engine) -> None:
        self._left: int | None = None
        self._engines = engines
        for watched in engines:
            event.listen(watched, "before_cursor_execute", self._count)
            event.listen(watched, "commit", self._count)

    def comes(self, at: int) -> None:
        self._left = at

    def over(self) -> None:
        """The dead process's connections are closed, as the system does it."""
        self._left = None
        db.session.remove()
        for watched in self._engines:
            watched.dispose()

    def _count(self, *_arguments: Any) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left <= 0:
            raise Died


@pytest.fixture
def other(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> Iterator[Database]:
    """The database beside the portal's own: of the other kind, so that all four are tried."""
    if database.startswith("postgresql"):
        yield Database(f"sqlite:///{tmp_path / 'other.db'}")
        return
    with request.getfixturevalue("postgresql").database() as url:
        yield Database(url)


@pytest.fixture
def app(make_app: Callable[..., Flask], other: Database) -> Flask:
    return make_app(importers=(IMPORTERS,), chunk_rows=4, databases={ELSEWHERE: other.url})


@pytest.fixture
def own(lab: Lab, database: str, other: Database) -> Database:
    """The portal's database, with the tables of the readings in it as in the other one."""
    asked = Database(database)
    for place in (asked, other):
        for statement in TABLES:
            place.write(statement)
    return asked


@ON_BOTH
@pytest.mark.slow
@pytest.mark.parametrize("slug", STRATEGIES)
def test_the_end_is_the_same_wherever_workers_die(lab: Lab, own: Database, other: Database, slug: str) -> None:
    death = Death(db.engine, engine(ELSEWHERE))
    place = other if slug == "every-elsewhere" else own
    deaths = 0
    for at in range(1 + len(slug) % STEP, 10_000, STEP):
        run_id = begin(lab, place, slug)
        died = [works_until_it_dies(lab, death, at=when) for when in moments(at)]
        put_in_order(lab)
        check(own, run_id, slug, READINGS, asked=place.rows)
        if not died[0]:
            break
        deaths += sum(died)
    assert deaths > 100 / STEP


def begin(lab: Lab, place: Database, slug: str) -> int:
    place.write(f"DELETE FROM {slug.partition('-')[0]}")
    return lab.start(slug, as_csv(READINGS))


def moments(at: int) -> list[int]:
    """When the worker dies, and when the next one does that takes its work up."""
    return [at, random.Random(at).randint(1, 60)]


def works_until_it_dies(lab: Lab, death: Death, *, at: int) -> bool:
    """Does what there is to do, as a process would, up to its statement number `at`; returns whether it came so far."""
    death.comes(at)
    try:
        put_in_order(lab)
    except Died:
        return True
    finally:
        death.over()
    return False


def put_in_order(lab: Lab) -> None:
    """As the pulse does, with whoever died before known to be dead and what they took from the queue lost."""
    death_of = [worker_id()]
    with lab.elsewhere():
        for table in ("ingest_chunks", "ingest_runs"):
            lab.write(f"UPDATE {table} SET enqueued_at = '2000-01-01 00:00:00.000000'")
        recovery.recover(lab.context("pulse"), gone_workers=death_of, queue_is_empty=True)
    lab.drain()
    huey.flush()
