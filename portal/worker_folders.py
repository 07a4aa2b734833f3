"""Folders in which the workers of a machine keep what they have in hand: one for each, by its name, below that of the
kind of work."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from portal.database import utcnow

LONG_GONE = timedelta(days=1)
"""A folder in which nothing began for this time is of a worker that is gone."""


def folder_of(folder: Path, worker: str) -> Path:
    """That of a worker; it is there afterwards."""
    own = folder / worker
    own.mkdir(parents=True, exist_ok=True)
    return own


def clear_up(folder: Path, gone_workers: Collection[str]) -> None:
    """Remove what the dead had in hand: also those that nobody knows any more, as of before the machine was restarted.
    A worker that has been idle for so long makes its folder anew."""
    long_ago = (utcnow() - LONG_GONE).timestamp()
    for of_worker in folder.glob("*"):
        with suppress(FileNotFoundError):  # others clear up, too
            if of_worker.name in gone_workers or of_worker.stat().st_mtime < long_ago:
                shutil.rmtree(of_worker, ignore_errors=True)


def remove(folder: Path, worker: str) -> None:
    """Remove that of a worker which ends."""
    shutil.rmtree(folder / worker, ignore_errors=True)
