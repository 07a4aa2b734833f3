"""A converter at work, as its keeper sees it."""

from __future__ import annotations

import os
import resource
import selectors
import time
from typing import Self

from portal.documents.child.jobs import End

ASK_SECONDS = 0.2
ASK_SECONDS_AT_END = 0.001
"""How often it is asked whether it has ended: it closes its descriptors a moment before."""

SAID_BYTES = 1 << 17
LOG_BYTES = 1 << 13
READ_BYTES = 1 << 16


class WorkerGone(Exception):
    """The worker has closed its end: nobody waits for Markdown any more."""


class Working:
    """The process, and what comes out of it: what it says of its work, and its log."""

    def __init__(self, process: int, said: int, log: int) -> None:
        self._process = process
        self._said = said
        self._log = log
        self._read = {said: b"", log: b""}
        self._started = time.monotonic()
        self._ended: tuple[int, resource.struct_rusage] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        os.close(self._said)
        os.close(self._log)

    def watch(self, worker: int) -> None:
        """Return when it has ended. Raises WorkerGone if the descriptor `worker` closes first."""
        with selectors.DefaultSelector() as selector:
            for descriptor in (worker, self._said, self._log):
                selector.register(descriptor, selectors.EVENT_READ)
            while not self._has_ended():
                self._read_on(selector, worker)

    def end(self) -> End:
        """How it ended. To be asked for when nothing that it started is left, since this reads what they wrote."""
        assert self._ended is not None, "it is still at work"  # noqa: S101 - a mistake of the caller
        status, used = self._ended
        for descriptor in self._read:
            while self._take(descriptor):
                pass
        return End(
            status=os.waitstatus_to_exitcode(status),
            said=self._read[self._said].decode(errors="replace"),
            log=self._read[self._log].decode(errors="replace"),
            seconds=time.monotonic() - self._started,
            cpu_seconds=used.ru_utime + used.ru_stime,
            peak_bytes=used.ru_maxrss * 1024,
        )

    def _has_ended(self) -> bool:
        process, status, used = os.wait4(self._process, os.WNOHANG)
        if process:
            self._ended = status, used
        return process != 0

    def _read_on(self, selector: selectors.BaseSelector, worker: int) -> None:
        is_talking = self._said in selector.get_map()
        for key, _ in selector.select(ASK_SECONDS if is_talking else ASK_SECONDS_AT_END):
            if key.fd == worker:
                raise WorkerGone
            if not self._take(key.fd):
                selector.unregister(key.fd)

    def _take(self, descriptor: int) -> bool:
        """Read a piece. Says whether there may be more."""
        piece = os.read(descriptor, READ_BYTES)
        everything = self._read[descriptor] + piece
        self._read[descriptor] = everything[:SAID_BYTES] if descriptor == self._said else everything[-LOG_BYTES:]
        return bool(piece)
