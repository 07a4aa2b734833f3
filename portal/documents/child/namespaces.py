"""Namespaces of the keeper's own, where the system permits them (namespaces(7)): processes that can't outlive it, and a
network without a way out.

Container runtimes often forbid them, and so do some distributions to ordinary users. Then `confinement` alone holds.
"""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

from portal.documents.child import kernel

CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
"""From linux/sched.h; see unshare(2)."""

ALONE = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC

STANDARD_INPUT, STANDARD_OUTPUT = 0, 1

PROCESSES = 256
"""Processes and threads that may be within. Only in a user namespace: elsewhere all else that the user runs would
count, and root is never held to it."""


def enter_if_permitted() -> bool:
    """Make this process' next child the first one of a PID namespace. Says whether that was permitted."""
    permitted = _is_permitted()
    if permitted:
        _enter()
    return permitted


def become_first() -> None:
    """Go on as the first process of the PID namespace. The process that was waits for it, so that whoever waits for
    that one knows that the namespace is empty; if it is killed, so is this one."""
    process = os.fork()
    if process == 0:
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    os.close(STANDARD_INPUT)  # the worker's lines are the other's alone: they close when it ends
    os.close(STANDARD_OUTPUT)
    os.waitpid(process, 0)
    os._exit(0)


def _is_permitted() -> bool:
    """Tried in a process that ends at once: some systems permit the namespace but nothing in it, and there's no way
    back (AppArmor's restriction of user namespaces in Ubuntu 24.04)."""
    process = os.fork()
    if process == 0:
        try:
            _enter()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitpid(process, 0)[1] == 0


def _enter() -> None:
    user, group = os.geteuid(), os.getegid()
    if user == 0:  # in a user namespace of its own, root couldn't enter folders of other people any more
        kernel.unshare(ALONE)
        return
    kernel.unshare(ALONE | CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")  # before a group may be mapped (user_namespaces(7))
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    resource.setrlimit(resource.RLIMIT_NPROC, (PROCESSES, PROCESSES))
