"""A form with a file as the body of a request, read while it is sent."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from urllib3.filepost import choose_boundary, encode_multipart_formdata

from portal.errors import BadInput

BLOCK = 1 << 18


class Upload:
    """The form with `fields` and, as its last field `file`, what is in the file at `path`.

    It can be sent again: each iteration begins at the beginning. Never more than a block is in memory, which is why
    this isn't left to urllib3: it would read the whole file first. Raises BadInput when the file can't be read.
    """

    def __init__(self, path: Path, fields: Mapping[str, str]) -> None:
        boundary = choose_boundary()
        without, content_type = encode_multipart_formdata({**fields, "file": (_name(path), b"")}, boundary)
        self._path = path
        self._end = f"\r\n--{boundary}--\r\n".encode()
        self._begin = without.removesuffix(self._end)
        with _opened(path) as file:
            self._size = _size(file, path)
        self.headers = {"Content-Type": content_type, "Content-Length": str(len(without) + self._size)}

    def __iter__(self) -> Iterator[bytes]:
        yield self._begin
        with _opened(self._path) as file:
            left = self._size  # what is added to the file meanwhile isn't in the length that was announced
            while left and (block := file.read(min(BLOCK, left))):
                left -= len(block)
                yield block
        if left:
            raise BadInput(f"{self._path} became shorter while it was sent.", fix="Send it again.")
        yield self._end


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
