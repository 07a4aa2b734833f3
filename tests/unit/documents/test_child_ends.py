"""How the ends of conversions are judged, and errors that a converter didn't expect."""

from __future__ import annotations

import errno
import json
import os
import signal

import pytest

from portal.documents import failures
from portal.documents.child.ends import FailedInChild, what_it_said
from portal.documents.child.jobs import End
from portal.documents.child.limits import Limits
from portal.documents.errors import as_failure
from portal.documents.failures import ConversionFailed, Failure

LIMITS = Limits(cpu_seconds=10, memory_bytes=100)


@pytest.mark.parametrize(
    ("end", "failure"),
    [
        (End(status=-signal.SIGSEGV), failures.INTERNAL),
        (End(status=1), failures.INTERNAL),
        (End(status=0, said='{"pages": 1, "no'), failures.INTERNAL),
        (End(said='{"failure": "unheard_of", "details": ""}'), failures.INTERNAL),
        (End(said='{"failure": "empty", "details": ""}'), failures.EMPTY),
        (End(status=-signal.SIGABRT, log="thread 'main' panicked: Out of memory"), failures.TOO_MUCH_MEMORY),
        (End(status=-signal.SIGTRAP, peak_bytes=90), failures.TOO_MUCH_MEMORY),
        (End(status=-signal.SIGTRAP, peak_bytes=50), failures.INTERNAL),
        (End(status=-signal.SIGXCPU), failures.TOO_SLOW),
        (End(status=-signal.SIGKILL, cpu_seconds=12), failures.TOO_SLOW),
        (End(status=-signal.SIGKILL, cpu_seconds=5), failures.UNAVAILABLE),
        (End(status=-signal.SIGHUP), failures.UNAVAILABLE),
        (End(status=-signal.SIGXFSZ), failures.TOO_LONG),
        (End(refused="no process is left"), failures.UNAVAILABLE),
    ],
)
def test_each_end_is_judged(end: End, failure: Failure) -> None:
    with pytest.raises(FailedInChild) as raised:
        what_it_said(End.of_line(end.line()), LIMITS)
    assert raised.value.failure == failure
    assert raised.value.end == end


def test_what_went_well_is_said() -> None:
    said = what_it_said(End(said=json.dumps({"pages": 3, "notes": ["Look at this."]})), LIMITS)
    assert (said.pages, said.notes) == (3, ["Look at this."])


def caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (ConversionFailed(failures.SCANNED), failures.SCANNED),
        (ValueError("wrong"), failures.INTERNAL),
        (RecursionError("maximum recursion depth exceeded"), failures.MALFORMED),
        (MemoryError(), failures.TOO_MUCH_MEMORY),
        (RuntimeError("memory allocation of 5 bytes failed"), failures.TOO_MUCH_MEMORY),
        (OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)), failures.TOO_MUCH_MEMORY),
        (OSError(errno.EFBIG, os.strerror(errno.EFBIG)), failures.TOO_LONG),
        (OSError(errno.ENOENT, os.strerror(errno.ENOENT)), failures.INTERNAL),
        (BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN)), failures.UNAVAILABLE),
        (RuntimeError("No space left on device (os error 28)"), failures.UNAVAILABLE),
        (caused(ValueError("can't be read"), OSError(errno.ESTALE, "stale")), failures.UNAVAILABLE),
    ],
)
def test_each_error_is_judged(error: BaseException, failure: Failure) -> None:
    assert as_failure(error).failure == failure
