"""How long programs and people wait for lists where there are 100,000 runs and 10,000,000 failed rows, and where there
are 10,000 data jobs with 100 files each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection

from config import TestConfig
from portal import create_app
from portal.accounts import operations
from portal.database import writing
from portal.extensions import db
from tests.bench import many_jobs, many_runs
from tests.bench.many_runs import RUNS
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


JOBS_MILLISECONDS = 100
JOBS_API = "/v1/flow/data-jobs"
JOBS = {
    "the list": JOBS_API,
    "100 of them, from the middle": f"{JOBS_API}?limit=100&offset=4000",
    "those that need review": f"{JOBS_API}?status=needs_review",
    "those of a name": f"{JOBS_API}?search=handbooks%20123",
    "the page of all": "/jobs/",
}
A_JOB = {
    "a converted one": f"{JOBS_API}/{many_jobs.job_id(100)}",
    "one with failed files": f"{JOBS_API}/{many_jobs.job_id(102)}",
    "one in the queue": f"{JOBS_API}/{many_jobs.job_id(many_jobs.JOBS)}",
    "the page of one": f"/jobs/{many_jobs.job_id(102)}",
}


def measure(folder: Path) -> Iterator[Result]:
    """Runs and their rows: each address many times, in one process and without a network."""
    paths = {"admin": LISTS | OF_A_RUN, "operator": LISTS}
    yield from _measured(folder, many_runs.fill, "100,000 runs", paths, MILLISECONDS)


def data_jobs(folder: Path) -> Iterator[Result]:
    """Data jobs, likewise."""
    paths = {"admin": JOBS | A_JOB, "operator": JOBS}
    yield from _measured(folder, many_jobs.fill, "10,000 data jobs", paths, JOBS_MILLISECONDS)


def _measured(
    folder: Path, fill: Callable[[Connection], None], title: str, paths: Mapping[str, Mapping[str, str]], limit: float
) -> Iterator[Result]:
    """`paths` are those that an account of each role asks for, by what they are in words."""
    app = create_app(TestConfig.below(folder))
    with app.app_context():
        db.create_all()
        links = {role: _account(role) for role in PEOPLE}
        with writing(db.session):
            fill(db.session.connection())
    for role, link in links.items():
        browser = app.test_client()
        assert browser.get(f"/sign-in/link/{link}").status_code == 302
        for what, path in paths[role].items():
            yield Figure(f"{title}, {role}: {what}", "ms", _waits(browser, path), limit)
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
    assert not answer.is_json or answer.get_json().get("data", True), "There is nothing in it."
    return waited


def _close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
