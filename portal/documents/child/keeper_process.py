"""A keeper, as its worker sees it: a program at the other end of two pipes."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from portal.documents import failures
from portal.documents.child.jobs import End, Job
from portal.documents.failures import ConversionFailed

PROGRAM = Path(__file__).with_name("__main__.py")

INHERITED = ("PATH", "LD_LIBRARY_PATH", "TESSDATA_PREFIX", "TMPDIR", "TZ")
ENVIRONMENT = {"LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}
"""All that it is given: the worker's own holds secrets. One thread each, since there are as many converters as
processors."""

ASK_SECONDS = 0.25
SECONDS_TO_END = 5
"""What it has for ending its processes, before it is killed itself."""


class Cancelled(Exception):
    """Somebody has said that the document needn't be converted any more."""


class KeeperProcess:
    """Started with the first job, and used by one thread at a time."""

    def __init__(self, converter: str) -> None:
        """Raises ConversionFailed if the system has no process left."""
        try:
            self._process = subprocess.Popen(  # noqa: S603 - a program of our own
                [sys.executable, "-I", str(PROGRAM), converter],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=ENVIRONMENT | {name: os.environ[name] for name in INHERITED if name in os.environ},
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            raise ConversionFailed(failures.UNAVAILABLE, f"no process could be started: {error}") from error

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def convert(self, job: Job, is_cancelled: Callable[[], bool]) -> End:
        """How the conversion ended. `is_cancelled` is asked while it goes on.

        Raises Cancelled, and ConversionFailed where time is up or the keeper has died. After that, and after any other
        exception, it must be stopped.
        """
        deadline = time.monotonic() + job.limits.seconds
        self._send(job)
        while not self._has_answered():
            if is_cancelled():
                raise Cancelled
            if time.monotonic() > deadline:
                raise ConversionFailed(failures.TOO_SLOW, f"stopped after {job.limits.seconds:g} s")
        return self._answer()

    def stop(self) -> None:
        """End it and all that it has started; when this returns, nothing of it is left."""
        assert self._process.stdin and self._process.stdout  # noqa: S101 - for mypy: both are pipes
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _send(self, job: Job) -> None:
        assert self._process.stdin  # noqa: S101 - for mypy: it is a pipe
        try:
            self._process.stdin.write(job.line())
            self._process.stdin.flush()
        except OSError as error:
            raise _lost() from error

    def _has_answered(self) -> bool:
        assert self._process.stdout  # noqa: S101 - for mypy: it is a pipe
        answers = select.poll()
        answers.register(self._process.stdout, select.POLLIN)
        return bool(answers.poll(ASK_SECONDS * 1000))

    def _answer(self) -> End:
        assert self._process.stdout  # noqa: S101 - for mypy: it is a pipe
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise _lost()
        return End.of_line(line)


def _lost() -> ConversionFailed:
    return ConversionFailed(failures.UNAVAILABLE, "the keeper of the conversion was killed, or couldn't start")
