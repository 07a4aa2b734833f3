"""Where file contents are kept: any fsspec store, a folder by default. Keys are relative paths."""

from __future__ import annotations

import errno
import io
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

import fsspec
from flask import Flask, current_app

from portal.errors import OutOfReach

log = logging.getLogger(__name__)

READ_BLOCK = 1 << 20
"""Bytes that are asked for at a time in a store that isn't a folder."""
WRITE_BLOCK = 16 << 20
"""Bytes that are sent at a time. Parts of S3's uploads have at least 5 MiB, and there are at most 10,000 of them
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html)."""


class Storage:
    """A store of file contents below one address (`STORAGE_URL`)."""

    def __init__(self, url: str) -> None:
        self._url, self._options = url, _options(url)
        # s3fs holds ten parts of 50 MB in memory otherwise.
        self._sending = {"chunksize": WRITE_BLOCK, "max_concurrency": 2} if _is_s3(url) else {}
        self._root = fsspec.url_to_fs(url, **self._options)[1].rstrip("/")
        self.is_local = _is_local(self._fs)

    def open(self, key: str, mode: str = "rb") -> IO[bytes]:
        """Open `key`; writing makes it appear whole or not at all where the store can do that.

        Raises FileNotFoundError when it isn't there, OutOfReach when the whole store isn't, OSError when it is full.
        What is opened raises the same, and can be positioned.
        """
        self._check_folder()
        if self.is_local:
            return cast("IO[bytes]", self._fs.open(self._path(key), mode))
        writes = "w" in mode
        with _within_reach():
            file = self._fs.open(self._path(key), mode, block_size=WRITE_BLOCK if writes else READ_BLOCK)
        remote = _RemoteFile(file)
        return cast("IO[bytes]", io.BufferedWriter(remote) if writes else io.BufferedReader(remote))

    def put(self, local_path: str, key: str) -> None:
        """Take the file at `local_path` into the store as `key`; the local one is gone afterwards. Raises as `open`."""
        self._check_folder()
        if self.is_local:
            self._fs.makedirs(self._path(key).rpartition("/")[0], exist_ok=True)
            self._move(local_path, self._path(key))
            return
        with _within_reach(missing=True):
            self._fs.put_file(local_path, self._path(key), **self._sending)
        Path(local_path).unlink()

    @contextmanager
    def at_hand(self, key: str, folder: Path) -> Iterator[Path]:
        """The contents of `key` as a file of this machine: the store's own where it is a folder here, else a copy in
        `folder`, gone afterwards. Nobody may change it. Raises as `open`."""
        self._check_folder()
        if self.is_local:
            path = Path(self._path(key))
            if not path.exists():
                raise FileNotFoundError(errno.ENOENT, "It isn't in the store", key)
            yield path
            return
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix="original-") as copy:
            with _within_reach():
                self._fs.get_file(self._path(key), copy.name)
            yield Path(copy.name)

    def exists(self, key: str) -> bool:
        """Whether `key` is there. Raises OutOfReach."""
        with _within_reach():
            return bool(self._fs.exists(self._path(key)))

    def delete(self, key: str) -> None:
        """Remove `key`, a folder with all below it; nothing happens where it isn't there. Raises OutOfReach."""
        with suppress(FileNotFoundError), _within_reach():  # others may be at it too
            self._fs.rm(self._path(key), recursive=True)

    def check(self) -> None:
        """Raises OutOfReach when the store is away."""
        self._check_folder()
        if not self.is_local:
            self.exists("uploads")

    def make(self) -> None:
        """Make the folder that is the store; any other store must be there."""
        if self.is_local:
            self._fs.makedirs(self._root, exist_ok=True)

    def _move(self, local_path: str, path: str) -> None:
        try:
            self._fs.mv(local_path, path)
        except OSError:
            Path(path).unlink(missing_ok=True)  # from one disk to another it is copied, and a full one has a part of it
            raise

    @property
    def _fs(self) -> Any:
        # fsspec keeps one for each process: what a process had before it forked off another can't be used there.
        return fsspec.url_to_fs(self._url, **self._options)[0]

    def _check_folder(self) -> None:
        # A folder that is away for a while must not be made anew: what is put there would be gone when it comes back.
        if self.is_local and not self._fs.isdir(self._root):
            fix = "Ask your administrator to bring it back, then try again."
            raise OutOfReach("The folder in which the portal keeps its files is gone.", fix=fix)

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"


class _RemoteFile(io.RawIOBase):
    """A file of a store that isn't a folder, being read or written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return self._file.readable()

    def writable(self) -> bool:
        return self._file.writable()

    def seekable(self) -> bool:
        return self._file.readable()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any, /) -> int:
        with _within_reach():
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def write(self, data: Any, /) -> int:
        with _within_reach():
            return self._file.write(data)

    def close(self) -> None:
        with _within_reach():
            self._file.close()
        super().close()


def init_storage(app: Flask, url: str) -> None:
    """Bind the store at `url` to `app`. Raises ValueError where nothing that is installed knows such an address."""
    try:
        app.extensions["storage"] = Storage(url)
    except (ImportError, ValueError) as error:
        raise ValueError(f"STORAGE_URL can't be used: {error}. For s3:// install ingest-portal[s3].") from None
    app.extensions["storage"].make()


def storage() -> Storage:
    """The running app's store."""
    return cast("Storage", current_app.extensions["storage"])


@contextmanager
def _within_reach(*, missing: bool = False) -> Iterator[None]:
    """Turns what a store's library raises while the store is away, or gives us no rights, into OutOfReach; where
    `missing`, also that something isn't there, since then it is the bucket."""
    try:
        yield
    except FileNotFoundError as error:
        if missing:
            raise _out_of_reach(error) from error
        raise
    except OSError as error:
        if error.errno in OF_THIS_MACHINE:
            raise
        raise _out_of_reach(error) from error
    except Exception as error:
        # Of libraries that aren't always there, with errors of their own (botocore: BotoCoreError).
        raise _out_of_reach(error) from error


def _out_of_reach(error: Exception) -> OutOfReach:
    log.warning("The store can't be reached", exc_info=error)
    fix = "Nothing is lost. Try again in a minute; if it stays like this, tell your administrator."
    return OutOfReach("The store in which the portal keeps its files can't be reached.", fix=fix)


OF_THIS_MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What can go wrong on the way to or from a store, and isn't the store's."""


def _is_local(filesystem: Any) -> bool:
    protocol = filesystem.protocol
    return "file" in ((protocol,) if isinstance(protocol, str) else protocol)


def _options(url: str) -> dict[str, object]:
    """What fsspec is told of a store: for S3, not to wait for minutes while it is away, and to believe no listing that
    it made before others changed what is there."""
    if urlsplit(url).scheme in ("", "file"):
        return {"auto_mkdir": True}
    if _is_s3(url):
        patience = {"connect_timeout": 5, "read_timeout": 60, "retries": {"max_attempts": 2}}
        return {"config_kwargs": patience, "use_listings_cache": False}
    return {}


def _is_s3(url: str) -> bool:
    return urlsplit(url).scheme in ("s3", "s3a")
