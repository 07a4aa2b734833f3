"""Someone with data jobs, and a look into the engine between two requests."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.documents.failures import Failure
from tests.conftest import Person
from tests.support import benches
from tests.support.benches import bench_of
from tests.support.job_lab import JobLab

TOKENS: WeakKeyDictionary[FlaskClient, str] = WeakKeyDictionary()
Bench = benches.Bench[JobLab]


@pytest.fixture
def bench(app: Flask, tmp_path: Path) -> Bench:
    """`with bench() as lab:` prepares jobs, or looks at them, between two requests, which have their own contexts."""
    return bench_of(JobLab, app, tmp_path)


@pytest.fixture
def jo(bench: Bench, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """The browser of the person whose jobs those of the bench are."""
    with bench() as lab:
        return sign_in(Person(lab.user_id, "jo@example.com", "operator", None))


def post(browser: FlaskClient, path: str, headers: Mapping[str, str] | None = None, **values: Any) -> TestResponse:
    """Send a form with a good token, whatever page shows it. Only once is a page asked for one: it would show the
    messages that wait for the next page."""
    if browser not in TOKENS:
        TOKENS[browser] = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/account").text)[1]
    data = {"csrf_token": TOKENS[browser], **values}
    return browser.post(path, data=data, headers=headers, content_type="multipart/form-data")


def upload(name: str, content: bytes = b"Some text.") -> tuple[io.BytesIO, str]:
    """A file for `post`."""
    return io.BytesIO(content), name


def fail(lab: JobLab, job_id: str, name: str, failure: Failure) -> None:
    """As if a worker had found out that the file can't be converted."""
    record = lab.file_of(job_id, name).record
    assert record, f"{name} has no record"
    lab.write(
        "UPDATE file_records SET status = 'failed', error_key = :key, error_message = :message, suggested_fix = :fix,"
        " processing_at = created_at, failed_at = created_at WHERE id = :id",
        key=failure.key,
        message=failure.message,
        fix=failure.fix,
        id=record.id,
    )


def words(page: TestResponse) -> str:
    """What stands on a page, without its tags and with single spaces."""
    main = page.text.partition("<main")[2].partition("</main>")[0] or page.text
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())
