"""The unread part of a stream, and where in the file it begins."""

from collections.abc import Iterator


class Window:
    """Holds as much of a stream of chunks as its reader asks for.

    `data[start:]` is unread. `line` and `row` are the numbers of the physical line and of the
    record that begin there; `consumed` counts the bytes before it.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.data = b""
        self.start = 0
        self.line = 1
        self.row = 1
        self.consumed = 0
        self.at_end = False

    @property
    def available(self) -> int:
        return len(self.data) - self.start

    def fill(self, size: int) -> bool:
        """Hold `size` unread bytes, or all that are left; says whether there are so many."""
        if self.available < size and not self.at_end:
            self._load(size - self.available)
        return self.available >= size

    def grow(self, limit: int) -> bool:
        """Hold up to twice as much, but no more than about `limit`; says whether anything was learnt."""
        if self.at_end or self.available >= limit:
            return False
        self.fill(min(2 * self.available + 1, limit))
        return True

    def block(self, size: int) -> tuple[bytes, bool]:
        """The next `size` bytes, and whether the stream ends with them."""
        final = not self.fill(size + 1)
        return self.data[self.start : self.start + size], final

    def take(self, size: int, *, lines: int, rows: int) -> None:
        """Step over bytes that were read."""
        self.start += size
        self.consumed += size
        self.line += lines
        self.row += rows

    def _load(self, missing: int) -> None:
        parts = [self.data[self.start :]]
        while missing > 0:
            chunk = next(self._chunks, None)
            if chunk is None:
                self.at_end = True
                break
            parts.append(chunk)
            missing -= len(chunk)
        self.data, self.start = b"".join(parts), 0
