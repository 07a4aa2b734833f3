"""Programs that call the API: one of each role, beside an engine whose tasks are executed by hand."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.accounts import operations
from portal.api.document import openapi
from tests.conftest import Person
from tests.support.fetched import fetched_importer, hurry
from tests.support.job_lab import JobLab
from tests.support.lab import IMPORTERS, Lab, drain
from tests.support.receiver import allow

GOODS = "sku,name,price\nA,Apple,1\nB,Bread,x\nC,Cheese,3\nD,Dates,200\nE,Eggs,y\n"
"""Two rows are good. B and E have a price that is no number, that of D is too large."""

ROOT = "/api/v1/ingest"
FLOW = "/v1/flow"

Library = Callable[[], AbstractContextManager[JobLab]]


@dataclass
class Program:
    """Something that calls the API with a token of its own."""

    client: FlaskClient
    token: str
    person: Person

    def ask(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return self.client.open(path, method=method, headers=headers, buffered=True, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.ask("POST", path, **options)

    def upload(self, slug: str, content: str, **fields: Any) -> TestResponse:
        headers = fields.pop("headers", {})
        file = (io.BytesIO(content.encode()), fields.pop("name", "rows.csv"))
        return self.post(f"{ROOT}/upload/{slug}", data={"file": file, **fields}, headers=headers)

    def imported(self, content: str = GOODS, slug: str = "goods") -> int:
        """The id of a run of `content` that has ended."""
        started = self.upload(slug, content)
        assert started.status_code == 202, started.text
        drain()
        return int(started.json["data"]["id"])


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    """With an importer `fetched` whose source is a file, and others without a source."""
    source = tmp_path / "notes.csv"
    source.write_text("body\none\ntwo\n")
    app = make_app(importers=(IMPORTERS, fetched_importer(tmp_path, source=str(source))), chunk_rows=4)
    hurry(app)
    allow(app, resolve=know_no_host)
    return app


def know_no_host(host: str, _port: int) -> list[str]:
    """What is asked for at random must reach nobody."""
    raise OSError(f"There is no host {host} for tests.")


@pytest.fixture
def tables(app: Flask, tmp_path: Path) -> None:
    """The tables that importers write to."""
    with app.app_context():
        Lab(app, tmp_path)


@pytest.fixture
def program(app: Flask, users: Callable[..., Person], tables: None) -> Callable[..., Program]:
    """Makes programs: `program("admin")`, `program("operator", "ann@example.com", token_role="reader")`."""

    def make(role: str = "operator", email: str | None = None, *, token_role: str = "owner") -> Program:
        person = users(role, email)
        with app.app_context():
            token = operations.create_token(person.id, role=token_role, actor=person)[1]
        return Program(app.test_client(), token, person)

    return make


@pytest.fixture
def operator(program: Callable[..., Program]) -> Program:
    return program("operator")


@pytest.fixture
def library(app: Flask, operator: Program) -> Library:
    """`with library() as lab:` puts files and data jobs of the operator in place, between two requests."""
    return lambda: library_of(operator)


@contextmanager
def library_of(program: Program) -> Iterator[JobLab]:
    """A bench for data jobs, on which `program` puts in files and jobs of its own."""
    app = program.client.application
    with app.app_context():
        yield JobLab(app, app.config["PORTAL"].data_dir, program.person.id)


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI document."""
    with app.app_context():
        return openapi(app, "test")
