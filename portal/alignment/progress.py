"""How far alignment has come, and how long it will take. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor

from portal.alignment.models import AlignmentJob, AlignmentStep, StepKey
from portal.lifecycle import AlignmentStatus

WEIGHTS = {StepKey.GENERATING: 70, StepKey.DEDUPLICATING: 5, StepKey.WRITING: 25}
"""How much of a job's time each step takes, in percent."""

WEIGHTS_WITH_MODEL = {StepKey.GENERATING: 98, StepKey.DEDUPLICATING: 1, StepKey.WRITING: 1}
"""The same where a language model writes the pairs, which takes its time."""

MOST_BEFORE_THE_END = 99.9
"""Percent. Only what is completed is at 100: its files are there."""

LONGEST_TOLD = 366 * 86_400.0
"""Seconds. A longer time comes of next to nothing being done, and its end may lie beyond all calendars."""


@dataclass(frozen=True)
class AlignmentProgress:
    """`percent` is that of the whole, 0 to 100. `current_step` is the step at work, or the one in which the job ended
    before its time; None before the first and after the last. `seconds_left` is None where it can't be told."""

    percent: float
    current_step: AlignmentStep | None
    seconds_left: float | None

    @property
    def step_percent(self) -> float | None:
        """That of the current step, 0 to 100."""
        return percent_of(self.current_step) if self.current_step else None

    @property
    def minutes_left(self) -> int | None:
        """In whole minutes, a begun one among them."""
        return None if self.seconds_left is None else ceil(self.seconds_left / 60)

    def ends_at(self, now: datetime) -> datetime | None:
        """When it will have ended, seen from `now`."""
        return None if self.seconds_left is None else now + timedelta(seconds=self.seconds_left)


def progress_of(job: AlignmentJob, now: datetime) -> AlignmentProgress:
    """The progress of a job whose steps are loaded."""
    share = _share(job)
    if job.status == AlignmentStatus.COMPLETED:
        return AlignmentProgress(100.0, None, None)
    percent = min(_rounded_down(100 * share), MOST_BEFORE_THE_END)
    left = _seconds_left(job, share, now) if job.status == AlignmentStatus.RUNNING else None
    return AlignmentProgress(percent, _current_step(job), left)


def percent_of(step: AlignmentStep) -> float:
    """The progress of one step, 0 to 100; 100 only once it is finished."""
    if step.finished_at:
        return 100.0
    return min(_rounded_down(100 * _fraction(step)), MOST_BEFORE_THE_END)


def _share(job: AlignmentJob) -> float:
    """Of the whole time, how much is behind it, 0 to 1."""
    weights = WEIGHTS_WITH_MODEL if job.model else WEIGHTS
    return sum(weights[step.key] * _fraction(step) for step in job.steps) / sum(weights.values())


def _fraction(step: AlignmentStep) -> float:
    if step.finished_at:
        return 1.0
    return min(step.done / step.total, 1.0) if step.total else 0.0


def _current_step(job: AlignmentJob) -> AlignmentStep | None:
    """The first one that began and isn't finished; between two steps, the one that is next."""
    if job.started_at is None:
        return None
    return next((step for step in job.steps if not step.finished_at), None)


def _seconds_left(job: AlignmentJob, share: float, now: datetime) -> float | None:
    """As if the rest went as fast as what is behind it."""
    if job.started_at is None or not share:
        return None
    left = max((now - job.started_at).total_seconds(), 0.0) * (1 - share) / share
    return left if left < LONGEST_TOLD else None


def _rounded_down(percent: float) -> float:
    return floor(percent * 10) / 10
