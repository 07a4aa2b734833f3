"""Hostile files of the older Office, which are compound files: a small file system (MS-CFB)."""

from __future__ import annotations

import struct
from functools import partial

from portal.documents.kinds import Kind
from portal.documents.methods import Method
from tests.support.hostile.document import hostile, random_bytes

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SECTOR, STREAM = 512, 4096
NOBODY, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
"""In the table of sectors: nothing follows, the last of its chain, a sector of the table itself."""


def compound(*names: str, in_a_circle: bool = False, content: bytes = bytes(STREAM)) -> bytes:
    """A compound file with a stream of each name. Sector 0 is the table, then comes the directory, then the streams."""
    directory_sectors = (len(names) + 4) // 4
    table = [TABLE, *_chain(1, directory_sectors, in_a_circle)]
    entries = [_entry("Root Entry", 5, END, 0, child=1)]
    for number, name in enumerate(names, start=1):
        entries.append(_entry(name, 2, len(table), STREAM, right=number + 1 if number < len(names) else NOBODY))
        table += _chain(len(table), STREAM // SECTOR, in_a_circle)
    table += [NOBODY] * (SECTOR // 4 - len(table))
    directory = b"".join(entries).ljust(directory_sectors * SECTOR, b"\0")
    return _header() + struct.pack("<128I", *table) + directory + content[:STREAM].ljust(STREAM, b"\0") * len(names)


def _header() -> bytes:
    versions = struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    places = struct.pack("<IIIIIIIII", 0, 1, 1, 0, STREAM, END, 0, END, 0)
    return (MAGIC + bytes(16) + versions + places + struct.pack("<I", 0)).ljust(SECTOR, b"\xff")


def _chain(first: int, sectors: int, in_a_circle: bool) -> list[int]:
    return [*range(first + 1, first + sectors), first if in_a_circle else END]


def _entry(name: str, kind: int, start: int, size: int, *, child: int = NOBODY, right: int = NOBODY) -> bytes:
    letters = name.encode("utf-16-le")
    tree = struct.pack("<HBBIII", len(letters) + 2, kind, 1, NOBODY, right, child)
    return letters.ljust(64, b"\0") + tree + bytes(36) + struct.pack("<IQ", start, size)


DAMAGED = "office_damaged"
NOTHING = (DAMAGED, "empty", "no_text")
SLOW = "too_slow"
NOISE = random_bytes(size=STREAM)

# LibreOffice takes seconds for each, so under accuracy-optimized noise stands for all.
DOCUMENTS = {
    "docx: locked by a password": hostile(
        partial(compound, "EncryptionInfo", "EncryptedPackage", content=NOISE), Kind.DOCX, "office_locked"
    ),
    "xlsx: locked by a password": hostile(
        partial(compound, "EncryptionInfo", "EncryptedPackage", content=NOISE), Kind.XLSX, "office_locked"
    ),
    "docx: a DOC by that name": hostile(partial(compound, "WordDocument"), Kind.DOCX, DAMAGED, "office_locked"),
    **{
        f"{kind}: {name}": hostile(make, kind, *outcomes, methods=() if "noise" in name else (Method.SPEED,))
        for kind, stream in ((Kind.DOC, "WordDocument"), (Kind.PPT, "PowerPoint Document"))
        for name, make, outcomes in (
            ("empty", bytes, ("empty",)),
            ("random bytes", random_bytes, (DAMAGED, "unsupported")),
            ("noise behind a good beginning", partial(bytes, MAGIC + NOISE * 10), (DAMAGED, SLOW)),
            ("without streams", partial(compound), NOTHING),
            ("a stream of zeros", partial(compound, stream), NOTHING),
            ("a stream of noise", partial(compound, stream, content=NOISE), (*NOTHING, SLOW)),
            ("chains in a circle", partial(compound, stream, in_a_circle=True), NOTHING),
        )
    },
}
