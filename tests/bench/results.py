"""What a benchmark says."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Comparison:
    """Seconds of the portal and of its limit or peer, measured in turn, pair by pair."""

    title: str
    portal: list[float]
    other_name: str
    other: list[float]
    rows: int
    at_least: float
    """How fast the portal must be as a part of the other's speed."""

    @property
    def ratios(self) -> list[float]:
        """Speed of the portal as a part of the other's, for each pair."""
        return [theirs / ours for ours, theirs in zip(self.portal, self.other, strict=True)]

    @property
    def reached(self) -> bool:
        return median(self.ratios) >= self.at_least

    def table(self) -> str:
        lines = [
            f"{self.title} ({self.rows:,} rows, {len(self.portal)} pairs)",
            f"  {'':<24}{'min':>9}{'median':>9}{'max':>9}{'rows/s':>12}",
            self._line("portal, s", self.portal),
            self._line(f"{self.other_name}, s", self.other),
            f"  {'ratio of speeds':<24}{min(self.ratios):>9.2f}{median(self.ratios):>9.2f}{max(self.ratios):>9.2f}"
            f"   wanted: at least {self.at_least} -> {'reached' if self.reached else 'NOT REACHED'}",
        ]
        return "\n".join(lines)

    def _line(self, name: str, seconds: list[float]) -> str:
        middle = median(seconds)
        return f"  {name:<24}{min(seconds):>9.2f}{middle:>9.2f}{max(seconds):>9.2f}{self.rows / middle:>12,.0f}"
