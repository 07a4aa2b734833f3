"""How far one goes to fetch a file: to which hosts, for how long, for how many bytes."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from portal.sources.hosts import AllowedHosts
from portal.sources.problems import SourceProblem

LOOK_UP_SECONDS = 10
"""How long a name may take to be looked up. The system asks silent name servers for longer, and neither a page nor the
messages of others wait for that."""


def resolve(
    host: str, port: int, seconds: float = LOOK_UP_SECONDS, look_up: Callable[..., list[Any]] = socket.getaddrinfo
) -> list[str]:
    """All addresses of `host`, in the order in which they should be tried.

    Raises OSError; TimeoutError, which is one, where none came within `seconds`.
    """
    answers: SimpleQueue[list[Any] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(look_up(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # raised where it is waited for
            answers.put(error)

    # A look-up can't be ended from outside: it is left to itself, and doesn't keep the process from ending.
    Thread(target=ask, name=f"look-up of {host}", daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(found, Exception):
        raise found
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Reach:
    """`max_bytes` limits one file. `connect_seconds` is for a connection to be made, `silence_seconds` for the next
    bytes to come, `whole_seconds` for all of it. `pauses` are the seconds between one try and the next. `known_hosts`
    is a file of OpenSSH with the keys of SFTP servers."""

    allowed: AllowedHosts
    max_bytes: int
    connect_seconds: float = 10
    silence_seconds: float = 30
    whole_seconds: float = 4 * 3600
    pauses: tuple[float, ...] = (1, 5, 20)
    resolve: Callable[[str, int], list[str]] = resolve
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context
    known_hosts: Path = field(default_factory=lambda: Path.home() / ".ssh" / "known_hosts")
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    def too_large(self, shown: str) -> SourceProblem:
        """What to say of a file with more bytes than an upload may have."""
        return SourceProblem(
            f"{shown} is too large: at most {self.max_bytes // (1 << 20):,} MB are fetched.",
            "Split it, or ask your administrator to raise PORTAL_MAX_UPLOAD_MB.",
        )
