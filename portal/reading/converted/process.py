"""Starts the converter, holds it within its limits, and takes what it sends."""

import json
import resource
import signal
import struct
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.reading import problems
from portal.reading.binary import Binary, local_copy
from portal.reading.limits import CONVERTER_MEMORY, UNPACKED_BYTES

SCRIPT = Path(__file__).with_name("converter.py")
ENVIRONMENT = {"POLARS_MAX_THREADS": "2"}
"""All that it is given: the portal's own holds secrets."""

MESSAGE = struct.Struct(">cQ")
LONGEST_MESSAGE = 1 << 30


class OutOfTime(Exception):
    """The converter has used up its time."""


def converted(
    source: Binary, request: Mapping[str, Any], *, what: str, seconds: int
) -> Generator[tuple[bytes, bytes], None, None]:
    """The converter's messages, the last one left out: letter and content.

    `what` is the file in words, `seconds` is of processor time. Raises OutOfTime, and UnreadableFile where the file
    can't be converted or takes more memory than it may.
    """
    with _local(source) as descriptor, _started(descriptor, seconds) as process:
        assert process.stdin and process.stdout  # noqa: S101 - for mypy: both are pipes
        line = json.dumps({**request, "path": f"/dev/fd/{descriptor}"}) + "\n"
        process.stdin.write(line.encode())
        process.stdin.close()
        total = 0
        while len(head := process.stdout.read(MESSAGE.size)) == MESSAGE.size:
            kind, size = MESSAGE.unpack(head)
            total += size
            if size > LONGEST_MESSAGE or total > UNPACKED_BYTES:
                raise problems.too_large(what)
            content = process.stdout.read(size)
            if kind == b"E":
                return
            if kind == b"P":
                raise _problem(json.loads(content), what)
            if len(content) == size:
                yield kind, content
        raise _death(process.wait(), what)


@contextmanager
def _started(descriptor: int, seconds: int) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(  # noqa: S603 - a fixed command
        [sys.executable, "-I", str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=[descriptor],
        env=ENVIRONMENT,
        cwd="/",
    ) as process:
        try:
            # Before it is told of the file. By a system call, since what runs between fork and exec may hang a
            # process that has threads.
            for limit, value in _limits(seconds).items():
                resource.prlimit(process.pid, limit, (value, value))
            yield process
        finally:
            process.kill()


def _limits(seconds: int) -> dict[int, int]:
    return {
        resource.RLIMIT_AS: CONVERTER_MEMORY,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: 0,  # it has nothing to write
        resource.RLIMIT_CORE: 0,
    }


@contextmanager
def _local(source: Binary) -> Iterator[int]:
    """A descriptor of a local file with the content of `source`, which is copied where it is none."""
    descriptor = _descriptor(source)
    if descriptor is not None:
        yield descriptor
    else:
        with local_copy(source) as copy:
            yield copy.fileno()


def _descriptor(source: Binary) -> int | None:
    try:
        return int(source.fileno())  # type: ignore[attr-defined]  # asked whether it is there
    except (AttributeError, OSError):
        return None


def _death(code: int, what: str) -> Exception:
    """Why the converter ended without a word."""
    if code == -signal.SIGXCPU:
        return OutOfTime()
    if code in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV):
        return _too_much("memory", what)
    return problems.damaged(what, "its content can't be made out")


def _too_much(resource_name: str, what: str) -> problems.UnreadableFile:
    message = f"Reading the {what} takes more {resource_name} than a file may take."
    fix = "Delete what lies far beyond the table's last row and column, or save the table as CSV."
    return problems.UnreadableFile("too_large", message, fix)


def too_slow(what: str) -> problems.UnreadableFile:
    """The sentence for OutOfTime."""
    return _too_much("time", what)


def _problem(values: Mapping[str, Any], what: str) -> problems.UnreadableFile:
    match values["problem"]:
        case "empty":
            return problems.empty()
        case "headers_only":
            return problems.headers_only()
        case "columns":
            return problems.too_many_columns()
        case "header_row":
            return problems.no_header_row(values["number"])
        case "protected":
            return problems.protected(what)
        case "damaged":
            return problems.damaged(what, values["reason"])
        case "sheet":
            message = f"The {what} has no sheet “{values['wanted']}”, only {problems.quoted(values['names'])}."
            return problems.UnreadableFile("no_sheet", message, "Set the sheet to one of these.")
        case "binary":
            message = f"The column “{values['column']}” holds binary data, which can't be imported."
            return problems.UnreadableFile("binary_column", message, "Leave it out when you export the table.")
        case _:
            return _too_much("memory", what)
