"""An app with importers made for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask

from tests.support.lab import Lab


@pytest.fixture
def app(importing_app: Flask) -> Flask:
    return importing_app


@pytest.fixture
def bench(app: Flask, tmp_path: Path) -> Callable[[], AbstractContextManager[Lab]]:
    """`with bench() as lab:` looks into the engine between two commands or requests, which have their own contexts."""
    with app.app_context():
        made = Lab(app, tmp_path)

    @contextmanager
    def enter() -> Iterator[Lab]:
        with app.app_context():
            yield made

    return enter
