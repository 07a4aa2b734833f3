"""Waiting until a run has finished: a bar on a terminal, lines elsewhere, both on standard error."""

from __future__ import annotations

import os
import sys
import time
from typing import Any, Protocol

import click

from portal.client import Answer
from portal.lifecycle import RUN_ACTIVE
from portal.runs.cli.door import RunsDoor
from portal.runs.cli.texts import Json, bar_text, counts_text, progress_of, status_name

LINE_SECONDS = 5.0
"""Between two lines; a run that ends sooner has none but its last."""

STILL_SECONDS = 10.0
"""After which it is said why nothing moves, where that is known."""

INTERRUPTED = 130
"""The exit status of what Ctrl-C has ended: 128 and the number of SIGINT."""


def wait_for(door: RunsDoor, run_id: int) -> Answer:
    """How the run stands when it has finished. Ctrl-C ends the waiting, not the run."""
    watch: _Watch = _Bar() if sys.stderr.isatty() else _Lines()
    stillness = _Stillness(door)
    try:
        while True:
            answer = door.run(run_id)
            watch.show(answer["data"])
            if answer["data"]["status"] not in RUN_ACTIVE:
                watch.end(answer["data"])
                return answer
            if words := stillness.words(answer["data"]):
                watch.say(words)
            time.sleep(door.poll_seconds)
    except KeyboardInterrupt:
        watch.say(f"Run {run_id} goes on. To stop it: portal ingest cancel {run_id}")
        sys.exit(INTERRUPTED)


class _Watch(Protocol):
    def show(self, run: Json) -> None:
        """Tell how the run stands, if there is something to tell."""

    def say(self, words: str) -> None:
        """Tell something else, on a line of its own."""

    def end(self, run: Json) -> None:
        """The run has finished."""


class _Bar:
    """One line that is drawn again and again, never wider than the terminal: a line that wraps can't be redrawn."""

    def show(self, run: Json) -> None:
        click.echo(f"\r\x1b[K{bar_text(run, _columns() - 1)}", err=True, nl=False)

    def say(self, words: str) -> None:
        click.echo(f"\r\x1b[K{words}", err=True)

    def end(self, run: Json) -> None:  # noqa: ARG002 - the bar shows it
        click.echo(err=True)


class _Lines:
    """A line now and then, where something has changed; a last one when all went well, since otherwise the reason why
    not is the last."""

    def __init__(self) -> None:
        self._next = time.monotonic() + LINE_SECONDS
        self._told = ""

    def show(self, run: Json) -> None:
        if time.monotonic() < self._next:
            return
        line = f"Run {run['id']}: {status_name(run)}, {progress_of(run).text}"
        if line != self._told:
            self.say(line)
            self._told, self._next = line, time.monotonic() + LINE_SECONDS

    def say(self, words: str) -> None:
        click.echo(words, err=True)

    def end(self, run: Json) -> None:
        if run["status"] == "completed":
            self.say(f"Run {run['id']}: {status_name(run)}, {counts_text(run)}")


class _Stillness:
    """Notices that nothing has moved for a while, and says why, once."""

    def __init__(self, door: RunsDoor) -> None:
        self._door = door
        self._last: Any = None
        self._since = time.monotonic()
        self._said = False

    def words(self, run: Json) -> str:
        """What is to be said now, mostly nothing."""
        standing = run["status"], run["checked"], dict(run["progress"])
        if standing != self._last:
            self._last, self._since = standing, time.monotonic()
        if self._said or time.monotonic() - self._since < STILL_SECONDS:
            return ""
        words = self._door.why_still(run["status"])
        self._said = bool(words)
        return words


def _columns() -> int:
    """Of the terminal that shows standard error; its window may have changed since the last line."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80
