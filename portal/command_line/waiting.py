"""Waiting until something has ended: a bar on a terminal, lines elsewhere, both on standard error."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import click

from portal.client import Answer
from portal.command_line.bars import bar
from portal.errors import PortalError

LINE_SECONDS = 5.0
"""Between two lines; what ends sooner has none but its last."""

STILL_SECONDS = 10.0
"""After which it is said why nothing moves, where that is known."""

INTERRUPTED = 130
"""The exit status of what Ctrl-C has ended: 128 and the number of SIGINT."""


@dataclass(frozen=True)
class Standing:
    """How something that is waited for stands.

    `percent` and `text` are for a bar, `line` says the same where there is none. `last_line` is said at the end where
    there is no bar; it is empty where a reason will follow. What stands still has the same `moved` as before.
    """

    percent: float
    text: str
    line: str
    has_ended: bool = False
    last_line: str = ""
    moved: object = None


class Watch(Protocol):
    """Shows people how something goes on."""

    def show(self, standing: Standing) -> None:
        """Tell how it stands, if there is something to tell."""

    def say(self, words: str) -> None:
        """Tell something else, on a line of its own."""

    def end(self, standing: Standing) -> None:
        """It has ended."""

    def break_off(self) -> None:
        """Nothing more is known of it."""


@contextmanager
def watching() -> Iterator[Watch]:
    """What suits standard error. A refusal that comes within is told below it."""
    seen: Watch = _Bar() if sys.stderr.isatty() else _Lines()
    try:
        yield seen
    except PortalError:
        seen.break_off()
        raise


def wait_for(
    ask: Callable[[], Answer],
    standing_of: Callable[[Answer], Standing],
    *,
    why_still: Callable[[Answer], str],
    interrupted: str,
    poll_seconds: float,
) -> Answer:
    """What `ask` answers when what it asks for has ended. Ctrl-C ends the waiting alone, and says so: `interrupted`.
    `why_still` is asked for words when nothing has moved for a while."""
    try:
        with watching() as seen:
            return _watched(seen, ask, standing_of, _Stillness(why_still), poll_seconds)
    except KeyboardInterrupt:
        seen.say(interrupted)
        sys.exit(INTERRUPTED)


def _watched(
    seen: Watch,
    ask: Callable[[], Answer],
    standing_of: Callable[[Answer], Standing],
    stillness: _Stillness,
    poll_seconds: float,
) -> Answer:
    while not (standing := standing_of(answer := ask())).has_ended:
        seen.show(standing)
        if words := stillness.words(answer, standing):
            seen.say(words)
        time.sleep(poll_seconds)
    seen.show(standing)
    seen.end(standing)
    return answer


class _Bar:
    """One line that is drawn again and again, never wider than the terminal: a line that wraps can't be redrawn."""

    def show(self, standing: Standing) -> None:
        click.echo(f"\r\x1b[K{bar(standing.percent, standing.text, _columns() - 1)}", err=True, nl=False)

    def say(self, words: str) -> None:
        click.echo(f"\r\x1b[K{words}", err=True)

    def end(self, standing: Standing) -> None:  # noqa: ARG002 - the bar shows it
        click.echo(err=True)

    def break_off(self) -> None:
        click.echo(err=True)


class _Lines:
    """A line now and then, where something has changed; a last one when all went well, since otherwise the reason why
    not is the last."""

    def __init__(self) -> None:
        self._next = time.monotonic() + LINE_SECONDS
        self._told = ""

    def show(self, standing: Standing) -> None:
        if time.monotonic() >= self._next and standing.line != self._told:
            self.say(standing.line)
            self._told, self._next = standing.line, time.monotonic() + LINE_SECONDS

    def say(self, words: str) -> None:
        click.echo(words, err=True)

    def end(self, standing: Standing) -> None:
        if standing.last_line:
            self.say(standing.last_line)

    def break_off(self) -> None:
        pass


class _Stillness:
    """Notices that nothing has moved for a while, and says why, once."""

    def __init__(self, why_still: Callable[[Answer], str]) -> None:
        self._why_still = why_still
        self._last: object = None
        self._since = time.monotonic()
        self._said = False

    def words(self, answer: Answer, standing: Standing) -> str:
        """What is to be said now, mostly nothing."""
        if standing.moved != self._last:
            self._last, self._since = standing.moved, time.monotonic()
        if self._said or time.monotonic() - self._since < STILL_SECONDS:
            return ""
        words = self._why_still(answer)
        self._said = bool(words)
        return words


def _columns() -> int:
    """Of the terminal that shows standard error; its window may have changed since the last line."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80
