"""What is read from."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Protocol

from portal.reading import problems
from portal.reading.limits import COPIED_BYTES

COPIED_AT_ONCE = 1 << 20


class Binary(Protocol):
    """A file open for reading bytes, as far as it is used here: an upload, or what is unpacked from one."""

    def read(self, size: int = -1, /) -> bytes:
        """`size` bytes, fewer only at the end; all that are left when it is negative."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a position; what is unpacked knows the beginning only."""


@contextmanager
def local_copy(source: Binary) -> Iterator[IO[bytes]]:
    """The content of `source` in a local file without a name. Raises UnreadableFile when it is too large for that."""
    with tempfile.TemporaryFile() as copy:
        source.seek(0)
        while chunk := source.read(COPIED_AT_ONCE):
            if copy.tell() + len(chunk) > COPIED_BYTES:
                raise problems.too_large("file")
            copy.write(chunk)
        copy.flush()
        yield copy
