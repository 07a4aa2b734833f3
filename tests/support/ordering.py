"""In which order test files run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

FIRST = "e2e"
"""The folder whose tests share a portal and a browser: one after the other, so that these can end."""

WAITING = frozenset({"faults", "packaging"})
"""Folders of tests that mostly wait for other processes."""


def in_order(files: Sequence[Path]) -> list[Path]:
    """The browser's files, then all others: those that wait as evenly as can be among those that compute, so that of
    two processes one has always something to compute."""
    first = [path for path in files if FIRST in path.parts]
    waiting = [path for path in files if WAITING & set(path.parts)]
    others = [path for path in files if path not in first and path not in waiting]
    places = [(number * len(others) / max(len(waiting), 1), 0, path) for number, path in enumerate(waiting)]
    places += [(number, 1, path) for number, path in enumerate(others)]
    return first + [path for _, _, path in sorted(places, key=lambda place: place[:2])]
