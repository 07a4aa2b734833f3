"""Keeps a set of child processes running, and ends them cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

GRACE_SECONDS = 20
"""How long children may take to finish what they are at, before they are killed. Recovery finds the rest."""

QUICK_DEATH_SECONDS = 3
MAX_QUICK_DEATHS = 5


@dataclass
class Child:
    """One program to keep running. `stop_signal` asks it to finish and leave."""

    name: str
    command: Sequence[str]
    stop_signal: signal.Signals
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    quick_deaths: int = 0

    def start(self) -> None:
        # A session of its own: Ctrl-C in the terminal reaches the supervisor only, which then stops all in order.
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command, env=os.environ | self.environment, start_new_session=True
        )
        self.started = time.monotonic()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.is_running:
            self.process.send_signal(number)


class Supervisor:
    """Starts children, restarts those that die, and stops all on SIGINT or SIGTERM."""

    def __init__(self, children: Sequence[Child]) -> None:
        self._children = children
        self._stopping = False

    def start(self) -> None:
        """Start all children; from now on signals end them."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask_to_stop)
        for child in self._children:
            child.start()

    def run(self) -> int:
        """Watch until asked to stop, then stop all. Returns the exit status: 1 when a child won't stay up."""
        status = 0
        while not self._stopping:
            time.sleep(0.2)
            if any(self._gives_up_on(child) for child in self._children if not child.is_running):
                status = 1
                break
        self.stop()
        return status

    def stop(self) -> None:
        """Ask all children to finish; kill those that don't in time."""
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self._children:
            child.send(child.stop_signal)
        while any(child.is_running for child in self._children) and time.monotonic() < deadline:
            time.sleep(0.05)
        for child in self._children:
            child.send(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()

    def _gives_up_on(self, child: Child) -> bool:
        """Start `child` again, unless it keeps dying as soon as it is up."""
        if self._stopping:
            return False
        lived = time.monotonic() - child.started
        child.quick_deaths = child.quick_deaths + 1 if lived < QUICK_DEATH_SECONDS and not _killed(child) else 0
        if child.quick_deaths > MAX_QUICK_DEATHS:
            print(f"{child.name} dies as soon as it is started; giving up.", file=sys.stderr)  # noqa: T201 - the terminal is where it is read
            return True
        time.sleep(0.2 * child.quick_deaths)
        child.start()
        return False

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True


def _killed(child: Child) -> bool:
    """Killed from outside, which says nothing against starting it again."""
    return child.process is not None and child.process.returncode == -signal.SIGKILL
