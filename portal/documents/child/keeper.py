"""The process that keeps converters: it forks one for each document, sees how it ends, and clears up after it.

It has no threads, since a fork would lack them, and looks at no document itself, so it needs no renewal.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from portal.documents.child import clearing_up, converter
from portal.documents.child.jobs import End, Job
from portal.documents.child.warming import Warmth
from portal.documents.child.working import WorkerGone, Working
from portal.documents.converting import Markdown, Source

TICK_SECONDS = 0.1
"""More than the clock of file systems is behind."""


@dataclass(frozen=True)
class Keeper:
    """Reads jobs from one descriptor and writes their ends to another."""

    jobs: int
    ends: int
    convert: Callable[[Source], Markdown]
    warmth: Warmth
    end_processes: Callable[[], None]
    """Ends all that a converter has left."""

    def keep(self) -> None:
        """Until the worker closes its end of `jobs`, or dies."""
        with open(self.jobs, "rb", closefd=False) as lines:
            while line := lines.readline():
                try:
                    end = self._end_of(Job.of_line(line))
                except WorkerGone:
                    return
                os.write(self.ends, end.line())

    def _end_of(self, job: Job) -> End:
        self.warmth.get(job.kind)
        started = time.time() - TICK_SECONDS
        try:
            working = self._start(job)
        except OSError as error:
            return End(refused=str(error))
        with working:
            try:
                working.watch(self.jobs)
            finally:
                self.end_processes()
                clearing_up.sockets(since=started)
            return working.end()

    def _start(self, job: Job) -> Working:
        """Raises OSError where the system has no process or descriptor left."""
        keeper = os.getpid()
        said, say = os.pipe()
        logged, log = os.pipe()
        try:
            process = os.fork()
            if process == 0:
                lines = converter.Lines(say, log, others=(self.jobs, self.ends, said, logged))
                converter.work(job, self.convert, lines, keeper=keeper)
        except OSError:
            os.close(said)
            os.close(logged)
            raise
        finally:
            os.close(say)
            os.close(log)
        return Working(process, said, logged)
