"""Files from a path of the server or from any store that fsspec knows: S3, SFTP, FTP and others."""

from __future__ import annotations

import ftplib
import logging
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import IO, Any

import fsspec

from portal.sources.address import Address, file_name
from portal.sources.problems import PassingProblem, SourceProblem
from portal.sources.reach import Reach

log = logging.getLogger(__name__)

BLOCK = 1 << 20
SFTP_BLOCK = 1 << 15
"""The most that a server gives at a time."""
SFTP_WINDOW = 1 << 22
MAGIC = frozenset("*?[")
CHANGED = ("mtime", "LastModified", "last_modified", "updated", "modify", "created")
"""How stores call the time of a file's last change."""
REFUSED = frozenset({"AuthenticationException", "NoCredentialsError", "PartialCredentialsError"})
PASSING = frozenset({"SSHException", "HTTPClientError", "ConnectionError"})
"""Errors of libraries that aren't always there, by the names of their classes."""
EXTRAS = {"s3": "s3", "s3a": "s3", "sftp": "sftp", "ssh": "sftp"}
"""Which extra of the package brings what a scheme needs."""


def read_store(address: Address, reach: Reach) -> tuple[str, Generator[bytes, None, None]]:
    """The file's name, and its bytes in blocks.

    Both raise SourceProblem; PassingProblem where it may be over in a moment.
    """
    with _explained(address):
        text = address.expanded(reach.environ)
        store, path = fsspec.url_to_fs(text, skip_instance_cache=True, **_options(address, reach))
        path = _newest(store, path, address) if MAGIC & set(path) else path
    return file_name(path), _explained_blocks(store, path, address)


def _explained_blocks(store: Any, path: str, address: Address) -> Generator[bytes, None, None]:
    with _explained(address):
        if isinstance(getattr(store, "ftp", None), ftplib.FTP):
            yield from _blocks_of_ftp(store.ftp, path)
            return
        with store.open(path, "rb", block_size=BLOCK) as file:
            is_sftp = hasattr(file, "readv")
            yield from _blocks_of_sftp(file, store.info(path)["size"]) if is_sftp else _blocks(file)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _blocks_of_ftp(ftp: ftplib.FTP, path: str) -> Iterator[bytes]:
    """In one transfer. fsspec would break it off and begin a new one for each block, which not all servers can do."""
    ftp.voidcmd("TYPE I")
    with ftp.transfercmd(f"RETR {path}") as connection:
        while block := connection.recv(BLOCK):
            yield block
    ftp.voidresp()


def _blocks_of_sftp(file: Any, size: int) -> Iterator[bytes]:
    """Asked for many at a time, since else each waits for the answer to the one before."""
    for start in range(0, size, SFTP_WINDOW):
        end = min(start + SFTP_WINDOW, size)
        yield from file.readv([(at, min(SFTP_BLOCK, end - at)) for at in range(start, end, SFTP_BLOCK)])


def _newest(store: Any, pattern: str, address: Address) -> str:
    found = store.glob(pattern, detail=True)
    files = {path: _changed(info) for path, info in found.items() if info["type"] == "file"}
    if not files:
        raise SourceProblem(f"No file fits {address.shown}.", "Check the address of the importer's source.")
    newest: str = max(files, key=lambda path: (files[path], path))
    return newest


def _changed(info: dict[str, Any]) -> str:
    """When a file was last changed, in a form that sorts; the same for all where the store doesn't tell."""
    return next((str(info[name]) for name in CHANGED if info.get(name)), "")


def _options(address: Address, reach: Reach) -> dict[str, object]:
    """Who we are, and what keeps a store from waiting for ever and from trusting a host whose key nobody has seen."""
    user, password = address.credentials(reach.environ) or (None, None)
    who = {"username": user, "password": password} if user else {}
    if address.scheme == "ftp":
        return {**who, "timeout": reach.silence_seconds}
    if address.scheme in ("sftp", "ssh"):
        from portal.sources.known_hosts import OnlyKnownHosts  # its library is only there where SFTP is wanted

        return {**who, "timeout": reach.connect_seconds, "host_key_policy": OnlyKnownHosts(reach.known_hosts)}
    return dict(who)


@contextmanager
def _explained(address: Address) -> Iterator[None]:
    """Turns what libraries raise into words. Their own words are left out, since they may hold passwords."""
    try:
        yield
    except SourceProblem:
        raise
    except Exception as error:
        raise _problem(error, address) from error


def _problem(error: Exception, address: Address) -> SourceProblem:
    shown = address.shown
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, ImportError):
        extra = EXTRAS.get(address.scheme)
        needs = f"ingest-portal[{extra}]" if extra else f"what {address.scheme}:// needs for fsspec"
        return SourceProblem(
            f"This portal can't read from {address.scheme}:// yet.", f"Ask your administrator to install {needs}."
        )
    if isinstance(error, FileNotFoundError) or (isinstance(error, ftplib.error_perm) and str(error)[:3] == "550"):
        return SourceProblem(f"There is no file at {shown}.", "Check the address of the importer's source.")
    if isinstance(error, IsADirectoryError):
        return SourceProblem(f"{shown} is a folder.", "Name a file in it, or /*.csv for the newest one.")
    if isinstance(error, PermissionError | ftplib.error_perm) or kinds & REFUSED:
        return SourceProblem(
            f"{shown} may not be read.", "Check the user, password or key that the workers have for it, and its rights."
        )
    if isinstance(error, OSError | EOFError | ftplib.error_temp) or kinds & PASSING:
        return PassingProblem(f"{shown} can't be read now.")
    log.error("%s can't be read", shown, exc_info=error)
    return SourceProblem(f"{shown} can't be read.", "Ask your administrator to look into the log.")
