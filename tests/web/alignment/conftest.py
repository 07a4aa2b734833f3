"""Someone with training data, made past the engine: pairs whose passages and numbers a test knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Person
from tests.support import benches
from tests.support.benches import bench_of
from tests.support.training_data import TrainingDataLab

Bench = benches.Bench[TrainingDataLab]


@pytest.fixture
def bench(app: Flask, tmp_path: Path) -> Bench:
    """`with bench() as lab:` makes training data, or looks at it, between two requests, each in its own context."""
    return bench_of(TrainingDataLab, app, tmp_path)


@pytest.fixture
def jo(bench: Bench, sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """The browser of the person whose training data that of the bench is."""
    with bench() as lab:
        return sign_in(Person(lab.user_id, "jo@example.com", "operator", None))
