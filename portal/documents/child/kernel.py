"""System calls that Python 3.11 has no function for. Where the system lacks them, they raise OSError like any other."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
"""From linux/prctl.h; see prctl(2)."""

CAPABILITY_VERSION_3 = 0x20080522
"""From linux/capability.h."""

_libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, *values: int) -> None:
    """See prctl(2)."""
    _checked("prctl", option, *map(ctypes.c_ulong, values))


def unshare(flags: int) -> None:
    """See unshare(2)."""
    _checked("unshare", flags)


def syscall(number: int, *arguments: Any) -> int:
    """See syscall(2). Numbers from 424 on are the same on all architectures."""
    return _checked("syscall", ctypes.c_long(number), *arguments)


def keep_capabilities(mask: int) -> None:
    """Give up all capabilities but those of `mask`, for good once PR_SET_NO_NEW_PRIVS is set. See capset(2)."""
    header = struct.pack("=Ii", CAPABILITY_VERSION_3, 0)
    lower, upper = mask & 0xFFFFFFFF, mask >> 32
    _checked("capset", header, struct.pack("=6I", lower, lower, 0, upper, upper, 0))


def _checked(name: str, *arguments: Any) -> int:
    function = getattr(_libc, name, None)
    if function is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), name)
    result: int = function(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
    return result
