"""What benchmarks say: a ratio to a peer measured in turn, or a figure against a limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol


class Result(Protocol):
    """What one benchmark has measured."""

    @property
    def reached(self) -> bool:
        """Whether the median is where it is wanted."""

    def table(self) -> str:
        """All of it, for people."""

    def summary(self) -> str:
        """A line of the table in docs/performance.md."""


@dataclass(frozen=True)
class Comparison:
    """Speeds of the portal and of its limit or peer, in `unit`, measured in turn, pair by pair."""

    title: str
    portal: Sequence[float]
    other_name: str
    other: Sequence[float]
    at_least: float
    """How fast the portal must be, as a multiple of the other's speed."""
    unit: str = "rows/s"
    form: str = ",.0f"
    """How figures are written."""

    @property
    def ratios(self) -> list[float]:
        """Speed of the portal as a multiple of the other's, for each pair."""
        return [ours / theirs for ours, theirs in zip(self.portal, self.other, strict=True)]

    @property
    def reached(self) -> bool:
        return median(self.ratios) >= self.at_least

    def table(self) -> str:
        return "\n".join(
            [
                f"{self.title} ({len(self.portal)} pairs)",
                f"  {'':<28}{'min':>12}{'median':>12}{'max':>12}",
                _line(f"portal, {self.unit}", self.portal, self.form),
                _line(f"{self.other_name}, {self.unit}", self.other, self.form),
                _line("ratio", self.ratios, ".2f") + f"   wanted: at least {self.at_least:g}{_verdict(self.reached)}",
            ]
        )

    def summary(self) -> str:
        spread = f"{min(self.ratios):.2f} to {max(self.ratios):.2f}"
        ours, theirs = median(self.portal), median(self.other)
        rates = f"{ours:{self.form}} {self.unit}, {self.other_name} {theirs:{self.form}}"
        return f"| {self.title} | {self.at_least:g} | **{median(self.ratios):.2f}** ({spread}) | {rates} |"


@dataclass(frozen=True)
class Figure:
    """A figure that must stay at or below a limit, or with `or_more` at or above it."""

    title: str
    unit: str
    measured: Sequence[float]
    limit: float
    or_more: bool = False
    digits: int = 2
    """After the point, for figures below a hundred."""

    @property
    def reached(self) -> bool:
        middle = median(self.measured)
        return middle >= self.limit if self.or_more else middle <= self.limit

    def table(self) -> str:
        wanted = f"wanted: {'at least' if self.or_more else 'at most'} {self.limit:,g} {self.unit}"
        return "\n".join(
            [
                f"{self.title} ({len(self.measured)} times)",
                f"  {'':<28}{'min':>12}{'median':>12}{'max':>12}",
                _line(self.unit, self.measured, ",.3g" if max(self.measured) < 100 else ",.0f")
                + f"   {wanted}{_verdict(self.reached)}",
            ]
        )

    def summary(self) -> str:
        form = f",.{self.digits}f" if max(self.measured) < 100 else ",.0f"
        spread = f"{min(self.measured):{form}} to {max(self.measured):{form}}"
        sign = "≥" if self.or_more else "≤"
        return (
            f"| {self.title} | {sign} {self.limit:,g} {self.unit} | **{median(self.measured):{form}}** ({spread}) | |"
        )


def _line(name: str, values: Sequence[float], form: str) -> str:
    return f"  {name:<28}{min(values):>12{form}}{median(values):>12{form}}{max(values):>12{form}}"


def _verdict(reached: bool) -> str:
    return " -> reached" if reached else " -> NOT REACHED"
