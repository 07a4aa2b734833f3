"""No network, by a filter of system calls (seccomp(2)): any process may set it, in any container.

Sockets are refused, but for local ones that wait to be connected: LibreOffice opens one for itself. Nothing may be
connected to, and other processes can't be looked into.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
from dataclasses import dataclass

from portal.documents.child import kernel

SECCOMP_MODE_FILTER = 2
IO_URING_SETUP = 425
"""It could open sockets past the filter."""

LOAD, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EACCES
"""Codes and answers of filters, from linux/bpf_common.h and linux/seccomp.h."""

CALL, ARCHITECTURE, FIRST_ARGUMENT, SECOND_ARGUMENT = 0, 4, 16, 24
"""Offsets in `struct seccomp_data`, on little-endian machines."""

Instruction = bytes


@dataclass(frozen=True)
class Calls:
    """How an architecture numbers what is filtered: from linux/audit.h and asm/unistd.h."""

    architecture: int
    socket: int
    refused: tuple[int, ...]
    """connect, ptrace, process_vm_readv, process_vm_writev"""
    foreign: int = 0xFFFFFFFF
    """Calls from this number on follow another convention (x32), with other numbers for the same."""


CALLS = {
    "x86_64": Calls(0xC000003E, socket=41, refused=(42, 101, 310, 311), foreign=0x40000000),
    "aarch64": Calls(0xC00000B7, socket=198, refused=(203, 117, 270, 271)),
}


class _Program(ctypes.Structure):
    """`struct sock_fprog` of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def refuse_network() -> None:
    """Set the filter for this process and all that it starts. Raises OSError where the system has none."""
    calls = CALLS.get(os.uname().machine)
    if calls is None:
        raise OSError(errno.ENOSYS, "no filter of system calls is known for this kind of processor")
    instructions = filter_of(calls)
    program = _Program(len(instructions), b"".join(instructions))
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    kernel.prctl(kernel.PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(program), 0, 0)


def filter_of(calls: Calls) -> list[Instruction]:
    """The filter's program for an architecture."""
    return [
        _instruction(LOAD, ARCHITECTURE),
        *_unless_equal(calls.architecture, KILL),
        _instruction(LOAD, CALL),
        _instruction(JUMP_IF_AT_LEAST, calls.foreign, otherwise=1),
        _instruction(RETURN, REFUSE),
        *(part for number in (*calls.refused, IO_URING_SETUP) for part in _if_equal(number, REFUSE)),
        *_unless_equal(calls.socket, ALLOW),
        _instruction(LOAD, FIRST_ARGUMENT),
        *_unless_equal(socket.AF_UNIX, REFUSE),
        _instruction(LOAD, SECOND_ARGUMENT),
        _instruction(AND, 0xF),  # without SOCK_CLOEXEC and SOCK_NONBLOCK
        *_unless_equal(socket.SOCK_STREAM, REFUSE),  # others can send without having connected
        _instruction(RETURN, ALLOW),
    ]


def _if_equal(value: int, answer: int) -> list[Instruction]:
    return [_instruction(JUMP_IF_EQUAL, value, otherwise=1), _instruction(RETURN, answer)]


def _unless_equal(value: int, answer: int) -> list[Instruction]:
    return [_instruction(JUMP_IF_EQUAL, value, then=1), _instruction(RETURN, answer)]


def _instruction(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> Instruction:
    """`struct sock_filter`: `then` and `otherwise` are instructions to be left out."""
    return struct.pack("=HBBI", code, then, otherwise, value)
