"""Progress as a value with a text of its own."""

from __future__ import annotations

import pytest

from portal.progress import Progress, duration_text


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(None), "0 rows so far"),
        (Progress(None, successful=1200, rate=300.4), "1,200 rows so far, 300 rows/s"),
        (Progress(1000, 400, 50, 50, rate=50), "500 of 1,000 rows, 50 rows/s, about 10 s left"),
        (Progress(1000, 1000, rate=50), "1,000 of 1,000 rows, 50 rows/s"),
        (Progress(0), "0 of 0 rows"),
    ],
)
def test_it_says_itself(progress: Progress, text: str) -> None:
    assert progress.text == text


def test_percent_and_time_left() -> None:
    assert (Progress(None).percent, Progress(0).percent, Progress(8, 1, 1).percent) == (None, 100.0, 25.0)
    assert Progress(10, 20).percent == 100.0, "more rows than counted before"
    assert (Progress(None, 5, rate=1).eta_seconds, Progress(10).eta_seconds) == (None, None)
    assert Progress(100, 50, rate=20).eta_seconds == 2
    assert Progress(10, 20, rate=1).eta_seconds == 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.44, "0.4 s"),
        (9.97, "10 s"),
        (25.4, "25 s"),
        (59.7, "1 min"),
        (200, "3 min 20 s"),
        (3599.6, "1 h"),
        (7500, "2 h 5 min"),
    ],
)
def test_durations_are_in_the_words_of_a_person(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
