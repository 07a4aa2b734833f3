"""How values are written in pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.web.filters import exact, filesize, iso, number, relative

NOW = datetime(2026, 11, 21, 22, 1, 32, 5, tzinfo=UTC)


def test_numbers_and_times() -> None:
    assert (number(41200), number(0), number(1234.6)) == ("41,200", "0", "1,235")
    assert iso(NOW) == "2026-11-21T22:01:32.000005Z"
    assert exact(NOW) == "21 Nov 2026, 22:01:32 UTC"


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=25), "1 day ago"),
        (timedelta(days=-3), "in 3 days"),
        (timedelta(seconds=-10), "just now"),
        (timedelta(seconds=-45), "in a moment"),
    ],
)
def test_times_are_relative_for_reading(ago: timedelta, text: str) -> None:
    assert relative(NOW - ago, NOW) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (11_200_000, "11.2 MB"), (5e12, "5,000.0 GB")],
)
def test_sizes_are_in_the_unit_that_suits(size: float, text: str) -> None:
    assert filesize(size) == text
