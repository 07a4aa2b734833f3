"""One portal for all tests of a file, and clients of it: each test has an account of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from seekrai import SeekrFlow

from config import TestConfig
from portal import create_app
from tests.support.both_clients import blocking
from tests.support.flow import FlowPortal, served_portal


@pytest.fixture(scope="module")
def flow_portal(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlowPortal]:
    """A portal that the client talks to over HTTP; `flow_portal.work()` does what waits for workers.

    It is shared: a test must not take what there is for its own, unless it asks as an account of its own (`email`).
    """
    folder = tmp_path_factory.mktemp("portal")
    shutil.copy(empty_database, folder / "portal.db")
    with served_portal(create_app(TestConfig.below(folder))) as portal:
        yield portal


@pytest.fixture
def email() -> str:
    """The address of an operator that no other test knows."""
    return f"{uuid4()}@example.com"


@pytest.fixture
def flow_client(flow_portal: FlowPortal, email: str) -> Callable[..., SeekrFlow]:
    """Makes clients: `flow_client()` is that of `email`, `flow_client("ann@example.com", role="auditor")` another's."""

    def make(other: str = email, **roles: str) -> SeekrFlow:
        return flow_portal.client(other, **roles)

    return make


@pytest.fixture
def client(flow_client: Callable[..., SeekrFlow]) -> SeekrFlow:
    """The client of an operator."""
    return flow_client()


@pytest.fixture(params=["sync", "async"])
def either(request: pytest.FixtureRequest, flow_portal: FlowPortal, email: str) -> Iterator[Any]:
    """The client of an operator, of one kind, then of the other."""
    if request.param == "sync":
        yield flow_portal.client(email)
        return
    with blocking(flow_portal, email) as client:
        yield client


@pytest.fixture
def raw(flow_portal: FlowPortal, email: str) -> Callable[..., httpx.Response]:
    """Asks for what the client has no method for, with a token as it sends it."""
    token = flow_portal.token(email)

    def ask(method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": token} | options.pop("headers", {})
        return flow_portal.http.request(method, f"{flow_portal.url}/v1/flow/{path}", headers=headers, **options)

    return ask


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file to be uploaded."""

    def write(name: str, content: str | bytes = "# Pumps\n\nThe valve is opened first.\n") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write
