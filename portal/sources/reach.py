"""How far one goes to fetch a file: to which hosts, for how long, for how many bytes."""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from portal.sources.hosts import AllowedHosts
from portal.sources.problems import SourceProblem


def resolve(host: str, port: int) -> list[str]:
    """All addresses of `host`, in the order in which they should be tried. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
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
