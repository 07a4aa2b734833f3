"""An upload on its way in: written to disk and hashed while it arrives, once, whatever its size."""

from __future__ import annotations

import hashlib
import tempfile
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from flask import Request, current_app

from portal.files.room import no_room

LINGER_SECONDS = 10
"""How long the rest of an upload that was refused is taken in, so that who sends it reads why."""

LONGEST_SILENCE = 24 * 3600
"""Seconds: no upload that still arrives is silent for so long, and nothing that has arrived lies about so long."""


class IncomingFile:
    """The file that the form parser writes an upload to. It is gone with the request unless someone keeps it.

    It has the methods that Werkzeug asks of such a stream; `size` is in bytes, `sha256` in hexadecimal.
    """

    def __init__(self, folder: Path) -> None:
        with no_room():
            folder.mkdir(parents=True, exist_ok=True)
            # Closed by `close`, which the request calls; a `with` can't span the parser's work.
            self._file: IO[bytes] = tempfile.NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115
        self._hash = hashlib.sha256()
        self.path = Path(self._file.name)
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.size += len(data)
        with no_room():
            return self._file.write(data)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def flush(self) -> None:
        with no_room():
            self._file.flush()

    def close(self) -> None:
        """Close it, and remove it where nobody took it into the store."""
        with suppress(OSError):  # what couldn't be written to a full disk isn't wanted any more
            self._file.close()
        self.path.unlink(missing_ok=True)


def clear_up(folder: Path) -> None:
    """Remove what was on its way in when a web process was killed: nobody has written to it for long."""
    long_ago = time.time() - LONGEST_SILENCE
    for file in folder.glob("*"):
        with suppress(OSError):  # others clear up, too
            if file.stat().st_mtime < long_ago:
                file.unlink()


class PortalRequest(Request):
    """A request whose uploads go straight to the data folder instead of through memory and /tmp.

    It closes them all itself: of an upload that breaks off half-way, Flask never learns.
    """

    def _get_file_stream(self, *_args: Any, **_kwargs: Any) -> IO[bytes]:
        folder = current_app.config["PORTAL"].data_dir / "incoming"
        if not self._incoming:
            clear_up(folder)
        file = IncomingFile(folder)
        self._incoming.append(file)
        return file  # type: ignore[return-value]

    @cached_property
    def _incoming(self) -> list[IncomingFile]:
        return []

    def close(self) -> None:
        super().close()
        for file in self._incoming:
            file.close()
        self._take_in_the_rest()

    def _take_in_the_rest(self) -> None:
        """A server that closes a connection on which something still arrives resets it, and with that takes the answer
        from who is sending. (Servers that don't say where a body ends would wait here for ever.)"""
        if not self.environ.get("wsgi.input_terminated"):
            return
        end = time.monotonic() + LINGER_SECONDS
        with suppress(OSError):
            while time.monotonic() < end and self.environ["wsgi.input"].read(1 << 16):
                pass
