"""A full disk, in words."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from portal.errors import NoRoom

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def no_room() -> Iterator[None]:
    """Turns the error of a full disk into one that can be told. Raises NoRoom."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise NoRoom(
            "The portal's disk is full, so the file could not be kept.",
            fix="Ask your administrator to free some space, then upload the file again.",
        ) from error
