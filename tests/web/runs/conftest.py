"""An app with importers made for tests."""

from __future__ import annotations

import pytest
from flask import Flask


@pytest.fixture
def app(importing_app: Flask) -> Flask:
    return importing_app
