"""An app with importers made for tests, and `portal ingest` at it, here and from elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.cli.conftest import Command


@pytest.fixture
def app(importing_app: Flask) -> Flask:
    return importing_app


@pytest.fixture
def ingest(portal: Command, bench) -> Command:
    """`portal ingest` with the words it is given."""
    return lambda *words: portal("ingest", *words)


@pytest.fixture
def drain(bench) -> Callable[[], None]:
    """Does what workers would do."""

    def work() -> None:
        with bench() as lab:
            lab.drain()

    return work


@pytest.fixture
def finished(ingest: Command, goods: str, drain: Callable[[], None]) -> str:
    """The id of a run of `goods` that has ended."""
    status, out, err = ingest("run", "goods", "--file", goods)
    assert (status, out.strip().isdigit(), err) == (0, True, "")
    drain()
    return out.strip()
