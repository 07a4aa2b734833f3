"""In which order test files run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")

WAITING = frozenset({"e2e", "faults", "packaging"})
"""Folders of tests that mostly wait, for a browser or for other processes."""


def spread(few: Sequence[Thing], many: Sequence[Thing]) -> list[Thing]:
    """`few` in their order, as evenly as can be among `many` in theirs."""
    places = [(number * len(many) / max(len(few), 1), 0, thing) for number, thing in enumerate(few)]
    places += [(number, 1, thing) for number, thing in enumerate(many)]
    return [thing for _, _, thing in sorted(places, key=lambda place: place[:2])]
