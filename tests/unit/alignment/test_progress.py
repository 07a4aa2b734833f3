"""How far alignment has come, and how long it will take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.alignment.models import AlignmentJob, AlignmentStep, StepKey
from portal.alignment.progress import percent_of, progress_of
from portal.lifecycle import AlignmentStatus

START = datetime(2026, 11, 22, 10, tzinfo=UTC)
NOW = START + timedelta(seconds=60)


def step(number: int, done: int = 0, total: int | None = None, *, finished: bool = False) -> AlignmentStep:
    key = list(StepKey)[number]
    return AlignmentStep(number=number, key=key, done=done, total=total, finished_at=NOW if finished else None)


def job(*steps: AlignmentStep, status: AlignmentStatus = AlignmentStatus.RUNNING, **values: Any) -> AlignmentJob:
    missing = [step(number) for number in range(len(steps), len(StepKey))]
    return AlignmentJob(**{"status": status, "started_at": START, "steps": [*steps, *missing]} | values)


def test_nothing_is_said_of_the_time_before_something_is_done() -> None:
    waiting = progress_of(job(status=AlignmentStatus.QUEUED, started_at=None), NOW)
    assert (waiting.percent, waiting.current_step, waiting.step_percent) == (0.0, None, None)
    assert (waiting.minutes_left, waiting.ends_at(NOW)) == (None, None)
    begun = progress_of(job(step(0, 0, 1000)), NOW)
    assert (begun.percent, begun.step_percent, begun.seconds_left) == (0.0, 0.0, None)


def test_half_of_the_documents() -> None:
    half = progress_of(job(step(0, 500, 1000)), NOW)
    assert half.current_step
    assert (half.current_step.key, half.step_percent, half.percent) == (StepKey.GENERATING, 50.0, 35.0)
    assert half.seconds_left == pytest.approx(60 * 65 / 35)
    assert half.minutes_left == 2
    assert half.ends_at(NOW) == NOW + timedelta(seconds=half.seconds_left or 0)


def test_a_language_model_takes_nearly_all_of_the_time() -> None:
    assert progress_of(job(step(0, 500, 1000), model="large"), NOW).percent == 49.0


def test_next_to_nothing_says_nothing_of_the_time_left() -> None:
    begun = progress_of(job(step(0, 1, 10**13)), NOW)
    assert (begun.seconds_left, begun.minutes_left, begun.ends_at(NOW)) == (None, None, None)


def test_the_next_step_is_the_current_one() -> None:
    between = progress_of(job(step(0, 1000, 1000, finished=True)), NOW)
    assert between.current_step
    assert (between.current_step.key, between.step_percent) == (StepKey.DEDUPLICATING, 0.0)


def test_only_what_is_completed_is_at_a_hundred() -> None:
    done = [step(number, 10, 10, finished=True) for number in range(3)]
    assert progress_of(job(*done), NOW).percent == 99.9
    completed = progress_of(job(*done, status=AlignmentStatus.COMPLETED), NOW)
    assert (completed.percent, completed.current_step, completed.seconds_left) == (100.0, None, None)
    assert percent_of(step(0, 1000, 1000)) == 99.9
    assert percent_of(step(1, 0, 0, finished=True)) == 100.0


@pytest.mark.parametrize("status", [AlignmentStatus.FAILED, AlignmentStatus.CANCELLED])
def test_what_ended_before_its_time_stays_where_it_was(status: AlignmentStatus) -> None:
    ended = progress_of(job(step(0, 500, 1000), status=status), NOW)
    assert ended.current_step
    assert (ended.percent, ended.current_step.key, ended.seconds_left) == (35.0, StepKey.GENERATING, None)


@given(totals=st.tuples(*[st.integers(1, 10**12)] * 3), cuts=st.lists(st.floats(0, 3), min_size=2, max_size=20))
def test_it_never_goes_back(totals: tuple[int, ...], cuts: list[float]) -> None:
    """Whatever the documents, from the beginning of the first step to the end of the last one."""

    def percent(cut: float) -> float:
        at = min(int(cut), 2)
        before = [step(number, totals[number], totals[number], finished=True) for number in range(at)]
        return progress_of(job(*before, step(at, int(totals[at] * min(cut - at, 1)), totals[at])), NOW).percent

    seen = [percent(cut) for cut in sorted(cuts)]
    assert seen == sorted(seen)
    assert all(0 <= value < 100 for value in seen)
