"""Decompression a chunk at a time, however much a small input unpacks to."""

from collections.abc import Callable, Iterator
from typing import Protocol

import zstandard

from portal.reading.binary import Binary
from portal.reading.limits import UNPACKING_MEMORY

CHUNK = 1 << 20

ZSTANDARD_CHUNK = 1 << 12
"""Its decompressor gives all that an input unpacks to at once: 128 KB for each block of 4 bytes, at worst."""

CUT_OFF = "it ends before its end mark"


class Decompressor(Protocol):
    """One stream of bz2 or lzma, of which a file may hold several."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def chunks_of(file: Readable) -> Iterator[bytes]:
    """What a file object gives, in parts."""
    while chunk := file.read(CHUNK):
        yield chunk


def whole_streams(source: Binary, new: Callable[[], Decompressor]) -> Iterator[bytes]:
    """The content of all streams in `source`. Raises EOFError when the last one is cut off."""
    data = source.read(CHUNK)
    while data:
        stream = new()
        while not stream.eof:
            if stream.needs_input and not (data := data or source.read(CHUNK)):
                raise EOFError(CUT_OFF)
            chunk = stream.decompress(data if stream.needs_input else b"", CHUNK)
            data = b""
            if chunk:
                yield chunk
        data = _next_stream(stream.unused_data, source)


def zstandard_chunks(source: Binary) -> Iterator[bytes]:
    """The content of all frames in `source`. Raises EOFError when the last one is cut off."""
    decompressor = zstandard.ZstdDecompressor(max_window_size=UNPACKING_MEMORY)
    data = source.read(ZSTANDARD_CHUNK)
    while data:
        frame = decompressor.decompressobj()
        while not frame.eof:
            if not (data := data or source.read(ZSTANDARD_CHUNK)):
                raise EOFError(CUT_OFF)
            chunk, data = frame.decompress(data), b""
            if chunk:
                yield chunk
        data = frame.unused_data or source.read(ZSTANDARD_CHUNK)


def _next_stream(data: bytes, source: Binary) -> bytes:
    """The beginning of the next stream, behind the zeros that may stand between two."""
    while not (data := data.lstrip(b"\0")):
        data = source.read(CHUNK)
        if not data:
            break
    return data
