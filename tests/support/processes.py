"""What runs on this machine, read from /proc."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from portal.documents.child.keeper_process import PROGRAM


def running(word: str) -> list[int]:
    """The ids of all processes that have `word` among their arguments."""
    return [process for process in _all() if word in _arguments(process)]


def descendants(ancestor: int) -> list[int]:
    """The ids of all processes that `ancestor` has started, and those that they have."""
    parents = {process: _parent(process) for process in _all()}
    found = [process for process, parent in parents.items() if parent == ancestor]
    return found + [each for process in found for each in descendants(process)]


class Conversions:
    """The processes of conversions that this process starts from now on. Other tests may have some, too."""

    def __init__(self) -> None:
        self._before = set(self._all())

    def now(self) -> list[int]:
        """Their ids, each after that of its parent."""
        return [process for process in self._all() if process not in self._before]

    def _all(self) -> list[int]:
        return [process for process in descendants(os.getpid()) if str(PROGRAM) in _arguments(process)]


def _all() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _arguments(process: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text().split("\0")
    return []


def _parent(process: int) -> int | None:
    """The fourth field; the second, the program's name, may contain spaces and brackets (proc_pid_stat(5))."""
    with suppress(OSError):
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return None
