"""Fetching one file, so that whoever waits for it can stop at any moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing

from portal.sources.address import VARIABLE, Address
from portal.sources.problems import PassingProblem
from portal.sources.reach import Reach
from portal.sources.stores import read_store
from portal.sources.web import check_allowed, read_web

LOOK_SECONDS = 0.2
Write = Callable[[bytes], object]


def fetch(address: Address, reach: Reach, write: Write, look: Callable[[], None]) -> str:
    """Give the bytes of the file at `address` to `write`, in blocks; returns the file's name.

    `look` is called several times a second; what it raises ends the fetching and comes out here. `write` may be called
    once more after that, in another thread; what it raises then goes nowhere.

    Raises SourceProblem with what is wrong; PassingProblem where it may be over in a moment.
    """
    # Of its own, since hardly any library can be interrupted while it waits for a host that is silent.
    work = _Work(address, reach, write)
    threading.Thread(target=work.run, name="fetch", daemon=True).start()
    end = time.monotonic() + reach.whole_seconds
    try:
        while not work.finished.wait(LOOK_SECONDS):
            look()
            if time.monotonic() > end:
                raise PassingProblem(f"{address.shown} took longer than {reach.whole_seconds:,.0f} seconds.")
    finally:
        work.stopped = True
    if work.error is not None:
        raise work.error
    return work.name


def check_reachable(address: Address, reach: Reach) -> None:
    """Raises SourceProblem when it is known without asking anyone that `address` can't be fetched."""
    if address.is_web and not VARIABLE.search(address.host):  # only workers need to know what a variable stands for
        check_allowed(f"{address.scheme}://{address.host}", reach)


class _Work:
    """What goes on in the thread."""

    def __init__(self, address: Address, reach: Reach, write: Write) -> None:
        self._address, self._reach, self._write = address, reach, write
        self._size = 0
        self.finished = threading.Event()
        self.stopped = False
        self.error: Exception | None = None
        self.name = address.filename

    def run(self) -> None:
        try:
            self._read()
        except Exception as error:  # it belongs to whoever waits
            self.error = error
        finally:
            self.finished.set()

    def _read(self) -> None:
        address, reach = self._address, self._reach
        blocks = read_web(address, reach) if address.is_web else self._open_store()
        with closing(blocks):
            for block in blocks:
                self._take(block)

    def _open_store(self) -> Generator[bytes, None, None]:
        self.name, blocks = read_store(self._address, self._reach)
        return blocks

    def _take(self, block: bytes) -> None:
        self._size += len(block)
        if self.stopped or self._size > self._reach.max_bytes:
            raise self._reach.too_large(self._address.shown)
        self._write(block)
