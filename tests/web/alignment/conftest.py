"""Someone with training data, made past the engine: pairs whose passages and numbers a test knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Person
from tests.support.training_data import TrainingDataLab

Bench = Callable[[], AbstractContextManager[TrainingDataLab]]


@pytest.fixture
def bench(app: Flask, tmp_path: Path) -> Bench:
    """`with bench() as lab:` makes training data, or looks at it, between two requests, each in its own context."""
    with app.app_context():
        made = TrainingDataLab(app, tmp_path)

    @contextmanager
    def enter() -> Iterator[TrainingDataLab]:
        with app.app_context():
            yield made

    return enter


@pytest.fixture
def jo(bench: Bench, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """The browser of the person whose training data that of the bench is."""
    with bench() as lab:
        return sign_in(Person(lab.user_id, "jo@example.com", "operator", None))
