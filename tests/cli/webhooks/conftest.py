"""The administrator whose token is used elsewhere is there here, too."""

from __future__ import annotations

import pytest


@pytest.fixture
def command_here(command_here, request: pytest.FixtureRequest):
    """As above; for a test of both places with the account of the one elsewhere."""
    if "portal" in request.fixturenames:
        request.getfixturevalue("token")
    return command_here
