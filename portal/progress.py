"""Progress is a value: how much is done of how much, how fast, how long it will take, and a text of its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Counts of units (rows of a run, files of a job). `total` is None while it isn't known.

    `rate` is in units per second, None while nothing was measured. `checked` are units that were looked at but are
    processed only later, all at once.
    """

    total: int | None
    successful: int = 0
    failed: int = 0
    skipped: int = 0
    rate: float | None = None
    checked: int = 0

    @property
    def processed(self) -> int:
        return self.successful + self.failed + self.skipped

    @property
    def done(self) -> int:
        """What there is to show: units that are only checked count as long as they aren't processed."""
        return max(self.processed, self.checked)

    @property
    def eta_seconds(self) -> int | None:
        """Seconds left at the present rate; None where that can't be told."""
        if self.total is None or not self.rate:
            return None
        return round(max(self.total - self.done, 0) / self.rate)

    @property
    def percent(self) -> float | None:
        """0 to 100; None while the total isn't known."""
        if self.total is None:
            return None
        return 100.0 if self.total == 0 else min(100.0 * self.done / self.total, 100.0)

    @property
    def text(self) -> str:
        """One sentence fragment for headline, title and command line."""
        if self.total is None:
            parts = [f"{self.done:,} rows so far"]
        else:
            parts = [f"{self.done:,} of {self.total:,} rows{' checked' if self.checked > self.processed else ''}"]
        if self.rate:
            parts.append(f"{self.rate:,.0f} rows/s")
        if (eta := self.eta_seconds) is not None and self.done != self.total:
            parts.append(f"about {duration_text(eta)} left")
        return ", ".join(parts)


def duration_text(seconds: float) -> str:
    """`seconds` in the words of a person: "0.4 s", "25 s", "3 min 20 s", "2 h 5 min"."""
    if seconds < 9.95:
        return f"{seconds:.1f} s" if seconds % 1 else f"{seconds:.0f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
