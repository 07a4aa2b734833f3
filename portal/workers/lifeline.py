"""A process that must not outlive the one that started it."""

from __future__ import annotations

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
"""From linux/prctl.h; see prctl(2)."""


def end_with_parent(number: signal.Signals = signal.SIGINT) -> None:
    """Get the signal `number` when the parent process dies. Does nothing where the system can't do that."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
    except (OSError, AttributeError):
        return
    if os.getppid() == 1:  # it died before it could be watched
        os.kill(os.getpid(), number)
