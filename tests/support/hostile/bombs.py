"""Compressed data of any size, made in a moment: pieces that repeat are compressed once and put after one another."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30

POLYNOMIAL = 0xEDB88320
ONE, X = 1 << 31, 1 << 30
"""Of CRC-32, its bits reversed."""


@dataclass(frozen=True)
class Repeated:
    """The content `head + piece * times + tail`, never made in full."""

    piece: bytes
    times: int
    head: bytes = b""
    tail: bytes = b""

    @property
    def size(self) -> int:
        return len(self.head) + len(self.piece) * self.times + len(self.tail)

    def deflated(self) -> bytes:
        """As a stream of raw deflate. After a full flush it begins anew, so a compressed piece may come again."""
        packed = _packed(self.piece, zlib.Z_FULL_FLUSH)
        return _packed(self.head, zlib.Z_FULL_FLUSH) + packed * self.times + _packed(self.tail, zlib.Z_FINISH)

    def crc32(self) -> int:
        """The checksum, by those of its parts."""
        total, piece, length = zlib.crc32(self.head), zlib.crc32(self.piece), len(self.piece)
        times = self.times
        while times:
            if times & 1:
                total = _joined(total, piece, length)
            piece, length, times = _joined(piece, piece, length), 2 * length, times >> 1
        return _joined(total, zlib.crc32(self.tail), len(self.tail))


def zeros(size: int) -> bytes:
    """A zlib stream of that many zeros; `size` is a multiple of MIB."""
    checksum = ((size % 65521) << 16) | 1  # Adler-32 of zeros
    return b"\x78\x9c" + Repeated(bytes(MIB), size // MIB).deflated() + struct.pack(">I", checksum)


class Archive:
    """A ZIP file, written by hand so that its parts needn't be there in full, nor its directory be true
    (APPNOTE.TXT 4.3)."""

    def __init__(self) -> None:
        self._parts = bytearray()
        self._directory: list[bytes] = []

    def add(self, name: str, content: bytes | Repeated, *, claimed: int | None = None, flags: int = 0) -> None:
        """A part; `claimed` is the size that is given for it where that isn't its size."""
        part = content if isinstance(content, Repeated) else Repeated(content, 1)
        packed = part.deflated()
        size = min(part.size if claimed is None else claimed, 0xFFFFFFFF)
        fields = struct.pack("<HHHIIIIH", 20, flags, 8, 0x58210000, part.crc32(), len(packed), size, len(name))
        self._directory.append(_entry(fields, len(self._parts), name))
        self._parts += b"PK\x03\x04" + fields + bytes(2) + name.encode() + packed

    def list_again(self, prefix: str, times: int) -> None:
        """List the last part again under other names: parts that overlap."""
        last = self._directory[-1]
        fields, offset = last[6:30], struct.unpack("<I", last[42:46])[0]
        for number in range(times):
            name = f"{prefix}{number}"
            self._directory.append(_entry(fields[:-2] + struct.pack("<H", len(name)), offset, name))

    def content(self) -> bytes:
        directory = b"".join(self._directory)
        count = min(len(self._directory), 0xFFFF)
        end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(self._parts), 0)
        return bytes(self._parts) + directory + b"PK\x05\x06" + end


def _entry(fields: bytes, offset: int, name: str) -> bytes:
    return b"PK\x01\x02" + struct.pack("<H", 20) + fields + bytes(12) + struct.pack("<I", offset) + name.encode()


def _packed(content: bytes, flush: int) -> bytes:
    packer = zlib.compressobj(9, wbits=-15)
    return packer.compress(content) + packer.flush(flush)


def _joined(first: int, second: int, length: int) -> int:
    """The CRC-32 of two pieces after one another, by theirs; `length` is that of the second in bytes."""
    shift, square, bits = ONE, X, 8 * length
    while bits:
        if bits & 1:
            shift = _product(square, shift)
        square, bits = _product(square, square), bits >> 1
    return _product(first, shift) ^ second


def _product(first: int, second: int) -> int:
    """Of two polynomials, modulo that of CRC-32."""
    product = 0
    for bit in range(31, -1, -1):
        if first >> bit & 1:
            product ^= second
        second = second >> 1 ^ (POLYNOMIAL if second & 1 else 0)
    return product
