"""What came of a conversion: judged by what its process said, or by the way it died."""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass

from portal.documents import failures
from portal.documents.child.jobs import End
from portal.documents.child.limits import Limits
from portal.documents.errors import says_out_of_memory
from portal.documents.failures import ConversionFailed, Failure

FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""No converter kills itself so: somebody did, or the system, when it ran out of memory."""

NEARLY_ALL = 0.8
"""Of the memory that it may take."""


class FailedInChild(ConversionFailed):
    """A conversion failed in its own process, whose `end` tells what it took."""

    def __init__(self, failure: Failure, details: str, end: End) -> None:
        super().__init__(failure, details)
        self.end = end


@dataclass(frozen=True)
class Said:
    """What a converter says that has converted a document: `portal.documents.converting.Markdown` without its text."""

    pages: int | None
    notes: list[str]


def what_it_said(end: End, limits: Limits) -> Said:
    """What a converter said of its work. Raises FailedInChild unless it has converted the document."""
    if end.refused:
        raise FailedInChild(failures.UNAVAILABLE, end.refused, end)
    try:
        said = json.loads(end.said)
    except ValueError as error:
        raise _of_death(end, limits) from error
    if "failure" in said:
        details = f"{said['details']}\n{end.log}".strip()
        raise FailedInChild(failures.ALL.get(said["failure"], failures.INTERNAL), details, end)
    return Said(said["pages"], said["notes"])


def _of_death(end: End, limits: Limits) -> FailedInChild:
    """It died without a word, or in the middle of one."""
    details = f"{_how(end.status)} after {end.seconds:.1f} s, {end.peak_bytes >> 20} MiB\n{end.log}".rstrip()
    return FailedInChild(_failure_of_death(end, limits), details, end)


def _failure_of_death(end: End, limits: Limits) -> Failure:
    if end.cpu_seconds >= limits.cpu_seconds or end.status == -signal.SIGXCPU:
        return failures.TOO_SLOW
    if end.status == -signal.SIGXFSZ:
        return failures.TOO_LONG
    if -end.status in FROM_OUTSIDE:
        return failures.UNAVAILABLE
    if says_out_of_memory(end.log) or end.peak_bytes > NEARLY_ALL * limits.memory_bytes:
        return failures.TOO_MUCH_MEMORY
    return failures.INTERNAL


def _how(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
