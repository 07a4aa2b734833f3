"""Apps with importers made for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support import conduct, related
from tests.support.databases import KINDS, Database
from tests.support.lab import Lab


@pytest.fixture
def app(importing_app: Flask) -> Flask:
    return importing_app


@pytest.fixture
def conduct_lab(make_app: Callable[..., Flask], tmp_path: Path) -> Iterator[Lab]:
    """A bench with the importers and tables of `tests/support/conduct.py`."""
    app = make_app(importers=(conduct.CONDUCT,), chunk_rows=4)
    with app.app_context():
        lab = Lab(app, tmp_path)
        for statement in conduct.TABLES:
            lab.write(statement)
        yield lab


@pytest.fixture
def related_lab(make_app: Callable[..., Flask], tmp_path: Path) -> Iterator[Lab]:
    """A bench with the importers and tables of `tests/support/related.py`."""
    app = make_app(importers=(related.__file__,), chunk_rows=4)
    with app.app_context():
        lab = Lab(app, tmp_path)
        for statement in related.tables_for(lab.database):
            lab.write(statement)
        yield lab


@pytest.fixture(params=KINDS)
def empty_other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database beside the portal's own, of either kind, without tables."""
    if request.param == "sqlite":
        yield Database(f"sqlite:///{tmp_path / 'other.db'}")
        return
    with request.getfixturevalue("postgresql").database() as url:
        yield Database(url)
