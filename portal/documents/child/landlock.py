"""A process that sees only the files that it needs (landlock(7)): since Linux 5.13 any process may limit itself so."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR

from portal.documents.child import kernel

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_FILE, MAKE_SOCK, REFER, TRUNCATE = 1 << 5, 1 << 9, 1 << 13, 1 << 14
ALL_OF_FIRST_VERSION = (1 << 13) - 1
SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
"""From linux/landlock.h."""

READING = EXECUTE | READ_FILE | READ_DIR
FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE


def see_only(*, readable: Iterable[Path], writable: Iterable[Path], sockets: Iterable[Path]) -> None:
    """See nothing from now on but what is `readable`, and change nothing but what is `writable`: files, and folders
    with all within. In the folders `sockets` local sockets may be made, and files be
    removed. Paths that aren't there are left out. Raises
    OSError where the system can't do that."""
    version = kernel.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), CREATE_RULESET_VERSION)
    everything = ALL_OF_FIRST_VERSION | (REFER if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    rules = _ruleset(version, everything)
    try:
        for paths, rights in ((readable, READING), (writable, everything), (sockets, MAKE_SOCK | REMOVE_FILE)):
            for path in paths:
                _allow(rules, path, rights)
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        kernel.syscall(RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def _ruleset(version: int, rights: int) -> int:
    """`struct landlock_ruleset_attr`: files, network (left to `seccomp`), scopes; it has grown with its versions."""
    attributes = struct.pack("=Q", rights)
    if version >= 6:
        attributes = struct.pack("=QQQ", rights, 0, SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS)
    return kernel.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)


def _allow(rules: int, path: Path, rights: int) -> None:
    with suppress(FileNotFoundError, PermissionError):
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rights &= rights if S_ISDIR(os.fstat(descriptor).st_mode) else FOR_FILES
            kernel.syscall(ADD_RULE, rules, RULE_PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
        finally:
            os.close(descriptor)
