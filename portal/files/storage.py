"""Where file contents are kept: any fsspec store, a folder by default. Keys are relative paths."""

from __future__ import annotations

from contextlib import suppress
from typing import IO, Any, cast
from urllib.parse import urlsplit

import fsspec
from flask import Flask, current_app

from portal.errors import OutOfReach


class Storage:
    """A store of file contents below one address (`STORAGE_URL`)."""

    def __init__(self, url: str) -> None:
        self._fs, root = fsspec.url_to_fs(url, **_options(url))
        self._root = root.rstrip("/")
        self.is_local = _is_local(self._fs)

    def open(self, key: str, mode: str = "rb") -> IO[bytes]:
        """Open `key`; writing makes it appear whole or not at all where the store can do that.

        Raises FileNotFoundError when it isn't there, OutOfReach when the whole folder isn't, OSError when the store
        can't be reached or is full.
        """
        self._check_there()
        return cast("IO[bytes]", self._fs.open(self._path(key), mode))

    def put(self, local_path: str, key: str) -> None:
        """Take the file at `local_path` into the store as `key`; the local one is gone afterwards. Raises as `open`."""
        self._check_there()
        if _is_local(self._fs):
            self._fs.makedirs(self._path(key).rpartition("/")[0], exist_ok=True)
        self._fs.mv(local_path, self._path(key)) if _is_local(self._fs) else self._upload(local_path, key)

    def exists(self, key: str) -> bool:
        return bool(self._fs.exists(self._path(key)))

    def delete(self, key: str) -> None:
        """Remove `key`, a folder with all below it; nothing happens where it isn't there."""
        with suppress(FileNotFoundError):  # others may be at it too
            self._fs.rm(self._path(key), recursive=True)

    def make(self) -> None:
        """Make the folder that is the store; any other store must be there."""
        if self.is_local:
            self._fs.makedirs(self._root, exist_ok=True)

    def _check_there(self) -> None:
        # A folder that is away for a while must not be made anew: what is put there would be gone when it comes back.
        if self.is_local and not self._fs.isdir(self._root):
            fix = "Ask your administrator to bring it back, then try again."
            raise OutOfReach("The folder in which the portal keeps its files is gone.", fix=fix)

    def _upload(self, local_path: str, key: str) -> None:
        self._fs.put_file(local_path, self._path(key))
        fsspec.filesystem("file").rm_file(local_path)

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"


def init_storage(app: Flask, url: str) -> None:
    """Bind the store at `url` to `app`."""
    app.extensions["storage"] = Storage(url)
    app.extensions["storage"].make()


def storage() -> Storage:
    """The running app's store."""
    return cast("Storage", current_app.extensions["storage"])


def _is_local(filesystem: Any) -> bool:
    protocol = filesystem.protocol
    return "file" in ((protocol,) if isinstance(protocol, str) else protocol)


def _options(url: str) -> dict[str, object]:
    return {"auto_mkdir": True} if urlsplit(url).scheme in ("", "file") else {}
