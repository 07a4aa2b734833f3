"""Which process this is, and whether another one on this machine is still alive."""

from __future__ import annotations

import functools
import os
import socket
import uuid
from pathlib import Path


@functools.cache
def worker_id() -> str:
    """A name for this process that no other ever has."""
    return f"{socket.gethostname()[:20]}-{os.getpid()}-{uuid.uuid4().hex[:12]}"


@functools.cache
def host_id() -> str:
    """A name for the space in which this process's id means something: this boot and this container."""
    boot = _read("/proc/sys/kernel/random/boot_id")
    spaces = Path("/proc/self/ns/pid")
    namespace = str(spaces.readlink()) if spaces.exists() else ""
    return f"{socket.gethostname()[:40]}/{boot}/{namespace}"[:120]


def is_alive(pid: int) -> bool:
    """Whether a process `pid` runs here; one that is dead but not yet collected by its parent doesn't."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return ") Z " not in _read(f"/proc/{pid}/stat")


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
