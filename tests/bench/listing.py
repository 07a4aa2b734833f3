"""How long programs wait for lists where there are 100,000 runs and 10,000,000 failed rows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

from flask import Flask
from flask.testing import FlaskClient

from config import TestConfig
from portal import create_app
from portal.accounts import operations
from portal.database import writing
from portal.extensions import db
from tests.bench.many_runs import RUNS, fill
from tests.bench.results import Figure, Result

TIMES = 100
MILLISECONDS = 50
API = "/api/v1/ingest"
PEOPLE = {"admin": 1, "operator": 2}
"""Role -> the id that the account gets: each owns half of the runs, the admin sees all."""

LISTS = {
    "the first page": f"{API}/",
    "of a status": f"{API}/?status=completed_with_errors",
    "of a rare status": f"{API}/?status=failed&page=3",
    "of an importer": f"{API}/?importer=importer-7",
    "of both": f"{API}/?status=failed&importer=importer-10",
    "the page in the middle": f"{API}/?page=1000",
    "the last page": f"{API}/?page=2000",
}
OF_A_RUN = {
    "a run": f"{API}/{RUNS}",
    "its summary": f"{API}/{RUNS}/errors/summary",
    "its rows of one cause": f"{API}/{RUNS}/rows?error=rule.1",
    "its rows of one cause, page 1,000": f"{API}/{RUNS}/rows?error=rule.1&page=1000",
}


def measure(folder: Path) -> Iterator[Result]:
    """Each address many times, in one process and without a network."""
    app = create_app(TestConfig.below(folder))
    with app.app_context():
        db.create_all()
        links = {role: _account(role) for role in PEOPLE}
        with writing(db.session):
            fill(db.session.connection())
    for role, link in links.items():
        browser = app.test_client()
        assert browser.get(f"/sign-in/link/{link}").status_code == 302
        paths = LISTS | (OF_A_RUN if role == "admin" else {})
        for what, path in paths.items():
            yield Figure(f"100,000 runs, {role}: {what}", "ms", _waits(browser, path), MILLISECONDS)
    _close(app)


def _account(role: str) -> str:
    by = SimpleNamespace(id=None, email="bench")
    user = operations.create_user(f"{role}@localhost", role, actor=by)
    assert user.id == PEOPLE[role]
    return operations.create_sign_in_link(user.id, actor=by)


def _waits(browser: FlaskClient, path: str) -> list[float]:
    _wait(browser, path)  # the first one compiles the statements
    return [_wait(browser, path) for _ in range(TIMES)]


def _wait(browser: FlaskClient, path: str) -> float:
    """In milliseconds."""
    start = time.perf_counter()
    answer = browser.get(path)
    waited = (time.perf_counter() - start) * 1_000
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert answer.json["data"]
    return waited


def _close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
