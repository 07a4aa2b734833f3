"""Operations do the same on every database, so each of their tests runs on SQLite and on PostgreSQL, unless its module
says by DATABASES that it makes no difference."""

from __future__ import annotations

import pytest

from tests.support.databases import KINDS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marks = metafunc.definition.iter_markers("parametrize")
    if "database" in metafunc.fixturenames and not any(mark.args[0] == "database" for mark in marks):
        metafunc.parametrize("database", getattr(metafunc.module, "DATABASES", KINDS), indirect=True)
