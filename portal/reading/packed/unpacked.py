"""The content of a compressed file, as a file."""

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import zstandard

from portal.reading import problems
from portal.reading.binary import Binary
from portal.reading.limits import MOST_RATIO, RATIO_BYTES, UNPACKED_BYTES, UNPACKING_MEMORY
from portal.reading.packed.archives import the_table_in
from portal.reading.packed.streams import chunks_of, whole_streams, zstandard_chunks
from portal.reading.signatures import BZIP2, GZIP, XZ, ZIP, ZSTANDARD, Kind

DAMAGE = (EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError, zipfile.BadZipFile, NotImplementedError)
"""What the libraries raise for bytes that they can't unpack, beside an OSError without a number."""


def _chunks_of_member(source: Binary) -> Iterator[bytes]:
    yield from chunks_of(the_table_in(source).open())


@dataclass(frozen=True)
class Packing:
    name: str
    chunks: Callable[[Binary], Iterator[bytes]]


PACKINGS = {
    GZIP: Packing("gzip", lambda source: chunks_of(gzip.GzipFile(fileobj=source))),
    BZIP2: Packing("bzip2", lambda source: whole_streams(source, bz2.BZ2Decompressor)),
    XZ: Packing("xz", lambda source: whole_streams(source, lambda: lzma.LZMADecompressor(memlimit=UNPACKING_MEMORY))),
    ZSTANDARD: Packing("Zstandard", zstandard_chunks),
    ZIP: Packing("ZIP", _chunks_of_member),
}


class Unpacked:
    """A `Binary` of what is packed in `source`, which must know its size. Going back begins to unpack anew.

    Reading raises UnreadableFile where the file is damaged, or holds more than `limits` allow.
    """

    def __init__(self, source: Binary, kind: Kind) -> None:
        self._source = source
        self._packing = PACKINGS[kind]
        self._packed_bytes = source.seek(0, 2)
        self._rest = b""
        self.seek(0)

    def read(self, size: int = -1, /) -> bytes:
        parts = [self._rest]
        missing = size - len(self._rest)
        while size < 0 or missing > 0:
            chunk = self._next()
            if not chunk:
                break
            parts.append(chunk)
            missing -= len(chunk)
        content = b"".join(parts)
        stop = len(content) if size < 0 else size
        self._rest = content[stop:]
        return content[:stop]

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if (offset, whence) != (0, 0):
            raise ValueError("Only the beginning of what is unpacked can be gone to.")
        self._source.seek(0)
        self._chunks = self._packing.chunks(self._source)
        self._rest = b""
        self._total = 0
        return 0

    def _next(self) -> bytes:
        name = f"{self._packing.name} file"
        try:
            chunk = next(self._chunks, b"")
        except DAMAGE as error:
            raise problems.damaged(name, str(error)) from None
        except OSError as error:
            if error.errno is not None:  # the store's trouble, not the file's
                raise
            raise problems.damaged(name, str(error)) from None
        self._total += len(chunk)
        most = max(RATIO_BYTES, MOST_RATIO * self._packed_bytes)
        if self._total > min(most, UNPACKED_BYTES):
            raise problems.too_large(name)
        return chunk
