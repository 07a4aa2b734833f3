"""Ending at once what several threads wait for."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

from portal.alignment.generating.pairs import Cancelled

LOOK_SECONDS = 0.25
"""How often those look who can't be woken up."""


class Stop:
    """Threads pause and hold connections by it; `set` ends all pauses and cuts all connections, for good."""

    def __init__(self) -> None:
        self._is_set = threading.Event()
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()

    def set(self) -> None:
        """End everything."""
        self._is_set.set()
        with self._lock:
            for connection in self._connections:
                cut(connection)

    def check(self) -> None:
        """Raises Cancelled once it is set."""
        if self._is_set.is_set():
            raise Cancelled

    def pause(self, seconds: float) -> None:
        """Wait. Raises Cancelled as soon as it is set."""
        self._is_set.wait(seconds)
        self.check()

    @contextlib.contextmanager
    def turn(self, places: threading.Semaphore) -> Iterator[None]:
        """Hold one of `places`, once one is free. Raises Cancelled when it is set before."""
        while not places.acquire(timeout=LOOK_SECONDS):
            self.check()
        try:
            self.check()
            yield
        finally:
            places.release()

    @contextlib.contextmanager
    def cutting(self, connection: socket.socket, seconds: float) -> Iterator[None]:
        """Cut `connection` when it is set, or after `seconds`, whichever comes first."""
        clock = threading.Timer(seconds, cut, [connection])
        clock.daemon = True  # the process may end before
        with self._lock:
            self._connections.add(connection)
        clock.start()
        try:
            self.check()
            yield
        finally:
            clock.cancel()
            with self._lock:
                self._connections.discard(connection)


def cut(connection: socket.socket) -> None:
    """Have whoever reads or writes `connection` find that it has ended.

    Past TLS, whose own way to end a connection could be waiting for the other side.
    """
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
