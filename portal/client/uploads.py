"""A form with files as the body of a request, read while it is sent."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from urllib3.filepost import choose_boundary, encode_multipart_formdata

from portal.errors import BadInput

BLOCK = 1 << 18


class Upload:
    """The form with `fields` and, as its last fields, each called `name`, what is in the files at `paths`.

    It can be sent again: each iteration begins at the beginning. Never more than a block is in memory, which is why
    this isn't left to urllib3: it would read the whole files first. Raises BadInput when a file can't be read.
    """

    def __init__(self, paths: Sequence[Path], fields: Mapping[str, str], *, name: str = "file") -> None:
        boundary = choose_boundary()
        self._end = f"--{boundary}--\r\n".encode()
        self._fields = _form(fields, boundary).removesuffix(self._end)
        self._parts = [_part(path, name, boundary, self._end) for path in paths]
        lengths = [len(part.head) + part.size + len(LINE) for part in self._parts]
        length = len(self._fields) + sum(lengths) + len(self._end)
        kind = f"multipart/form-data; boundary={boundary}"
        self.headers = {"Content-Type": kind, "Content-Length": str(length)}

    def __iter__(self) -> Iterator[bytes]:
        yield self._fields
        for part in self._parts:
            yield part.head
            yield from _contents(part)
            yield LINE
        yield self._end


LINE = b"\r\n"


class _Part(NamedTuple):
    """A file in the form: what comes before it, where it is, and how many bytes of it are sent."""

    head: bytes
    path: Path
    size: int


def _part(path: Path, name: str, boundary: str, end: bytes) -> _Part:
    head = _form({name: (_name(path), b"")}, boundary).removesuffix(LINE + end)
    with _opened(path) as file:
        return _Part(head, path, _size(file, path))


def _contents(part: _Part) -> Iterator[bytes]:
    with _opened(part.path) as file:
        left = part.size  # what is added to the file meanwhile isn't in the length that was announced
        while left and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
    if left:
        raise BadInput(f"{part.path} became shorter while it was sent.", fix="Send it again.")


def _form(fields: Mapping[str, str | tuple[str, bytes]], boundary: str) -> bytes:
    return encode_multipart_formdata(fields, boundary)[0]


def _name(path: Path) -> str:
    """Its name as text: one that isn't UTF-8 has other characters in their place."""
    return path.name.encode("utf-8", "replace").decode()


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}.") from error


def _size(file: IO[bytes], path: Path) -> int:
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(f"{path} has no length.", fix="Write what it gives to a file, and send that.")
    return found.st_size
