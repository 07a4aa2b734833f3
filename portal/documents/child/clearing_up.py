"""Ending whatever a converter has left behind: programs that it called, whatever those started, and their sockets."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

SOCKETS = Path("/tmp")  # noqa: S108 - where it makes them, whatever TMPDIR says

ALL = -1
"""See kill(2) and waitpid(2)."""


def in_namespace() -> None:
    """To be called by the first process of a PID namespace: ends all others."""
    with suppress(ProcessLookupError):
        os.kill(ALL, signal.SIGKILL)
    while _is_one_left():
        pass


def among_children() -> None:
    """To be called by a process that orphans come to (PR_SET_CHILD_SUBREAPER): ends its children, then those that
    came to it by that, until there are none."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    while True:
        for process in children.read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)
        if not _is_one_left():
            return


def sockets(since: float) -> None:
    """Remove what a LibreOffice that was killed has left in SOCKETS since that time (seconds since 1970). Nobody needs
    the name of one that is in use, since each conversion has an office of its own."""
    for path in SOCKETS.glob(f"OSL_PIPE_{os.getuid()}_SingleOfficeIPC_*"):
        with suppress(OSError):
            if path.is_socket() and path.stat().st_mtime >= since:
                path.unlink()


def _is_one_left() -> bool:
    """Wait for the end of one child. False when there was none."""
    try:
        os.waitpid(ALL, 0)
    except ChildProcessError:
        return False
    return True
