"""A request that starts something, sent twice, starts it once: one after the other, at the same time, after a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.database import utcnow
from portal.errors import BadInput
from portal.extensions import db
from portal.idempotency import Once, StartedBefore, fingerprint
from portal.runs import operations
from tests.support.at_once import at_once
from tests.support.lab import SOMEONE, Lab

GOODS = "sku,name,price\nA,Apple,x\n"


@pytest.fixture
def app(importing_app: Flask) -> Flask:
    return importing_app


@pytest.fixture
def once(users: Callable[..., object]) -> Once:
    return Once(users("operator").id, "key", fingerprint("POST", "/upload"))


def runs(lab: Lab) -> int:
    return lab.rows("SELECT count(*) FROM ingest_runs")[0][0]


def test_what_was_started_is_known_by_its_key(lab: Lab, once: Once) -> None:
    assert once.started(db.session) is None
    run_id = lab.start("goods", GOODS, once=once)
    assert once.started(db.session) == run_id
    assert Once(once.user_id, "other", once.fingerprint).started(db.session) is None
    with pytest.raises(BadInput, match="another request"):
        Once(once.user_id, once.key, fingerprint("POST", "/other")).started(db.session)


def test_a_second_one_starts_nothing_and_keeps_no_file(lab: Lab, once: Once) -> None:
    run_id = lab.start("goods", GOODS, once=once)
    with pytest.raises(StartedBefore) as refused:
        lab.start("goods", GOODS, once=once)
    assert refused.value.subject_id == run_id
    assert (runs(lab), len(lab.uploads())) == (1, 1)


@pytest.mark.parametrize("turn", range(3))
def test_of_two_at_the_same_moment_one_starts(lab: Lab, once: Once, turn: int) -> None:
    lab.run("goods", GOODS)
    outcomes: list[str] = []

    def retry() -> None:
        try:
            operations.retry_failed_rows(1, actor=SOMEONE, once=once)
            outcomes.append("started")
        except StartedBefore:
            outcomes.append("before")

    at_once(lab.app, retry, retry)
    assert sorted(outcomes) == ["before", "started"]
    assert runs(lab) == 2


def test_a_start_that_fails_leaves_the_key_free(lab: Lab, once: Once) -> None:
    with pytest.raises(BadInput):
        lab.start("goods", "nothing\n1\n", once=once)
    assert once.started(db.session) is None
    assert lab.start("goods", GOODS, once=once)


def test_a_key_is_forgotten_after_a_day(lab: Lab, once: Once) -> None:
    lab.start("goods", GOODS, once=once)
    lab.write("UPDATE idempotency_keys SET created_at = :then", then=utcnow() - timedelta(hours=25))
    assert once.started(db.session) is None
    assert lab.start("goods", GOODS, once=once)
    assert lab.rows("SELECT count(*) FROM idempotency_keys") == [(1,)]
