"""What an error means that a converter didn't expect: the machine's trouble, a limit, or a mistake of ours."""

from __future__ import annotations

import errno
import os
import traceback
from collections.abc import Iterator

from portal.documents import failures
from portal.documents.failures import ConversionFailed, Failure

STORAGE_AWAY = (errno.EIO, errno.ESTALE, errno.ETIMEDOUT)
NOTHING_LEFT = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EAGAIN)

OUT_OF_MEMORY = ("memory allocation of", "out of memory", "bad_alloc", "cannot allocate memory", "memoryerror")
"""How libraries say it, in errors of their own or on their standard error."""

DETAILS = 4000
"""Characters."""


def as_failure(error: BaseException) -> ConversionFailed:
    """The failure that it is, with all that is known of it for the log."""
    if isinstance(error, ConversionFailed):
        return error
    details = "".join(traceback.format_exception(error))[-DETAILS:]
    return ConversionFailed(_failure(list(_chain(error))), details)


def says_out_of_memory(text: str) -> bool:
    """Whether a library says so."""
    return any(words in text.lower() for words in OUT_OF_MEMORY)


def _failure(chain: list[BaseException]) -> Failure:
    if any(isinstance(error, MemoryError) or says_out_of_memory(str(error)) for error in chain):
        return failures.TOO_MUCH_MEMORY
    if any(_is_one_of(error, STORAGE_AWAY + NOTHING_LEFT) for error in chain):
        return failures.UNAVAILABLE
    if any(_is_one_of(error, (errno.EFBIG,)) for error in chain):
        return failures.TOO_LONG
    if any(isinstance(error, RecursionError) for error in chain):
        return failures.MALFORMED
    return failures.INTERNAL


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that it came of."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_one_of(error: BaseException, numbers: tuple[int, ...]) -> bool:
    """Whether it is one of these errors of the system, also where a library tells it in words of its own."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in numbers
    return any(os.strerror(number) in str(error) for number in numbers)
