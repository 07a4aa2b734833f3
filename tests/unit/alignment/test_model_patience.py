"""How often a busy endpoint is asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from portal.alignment.generating.model.patience import JITTER, Patience

PATIENCE = Patience(tries=4, first=1, longest=3)


def test_pauses_become_longer_up_to_the_longest() -> None:
    pauses = [PATIENCE.pause(tried, "") for tried in range(1, 5)]
    assert pauses[3] is None
    for pause, least in zip(pauses[:3], (1, 2, 3), strict=True):
        assert pause is not None
        assert least <= pause <= least * (1 + JITTER)


@pytest.mark.parametrize("header", ["2.5", "soon", "-1", "", "9" * 5000])
def test_a_header_that_says_nothing_changes_nothing(header: str) -> None:
    assert (PATIENCE.pause(1, header) or 0) < 2


def test_the_endpoint_may_ask_for_more() -> None:
    assert PATIENCE.pause(1, "3") == 3
    assert PATIENCE.pause(1, "4") is None
    assert PATIENCE.pause(1, format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)) is None
