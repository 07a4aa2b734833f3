"""Servers of a test's own that keep files: FTP and SFTP by real libraries, as much of S3 as reading needs, all of S3
by moto."""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import paramiko
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import ThreadedFTPServer

from tests.support.web import Handler, Site, web_site


@contextmanager
def ftp_server(folder: Path) -> Iterator[int]:
    """The files below `folder`, for ann with the password p@ss; gives its port."""
    authorizer = DummyAuthorizer()
    authorizer.add_user("ann", "p@ss", str(folder))
    quiet = {"authorizer": authorizer, "auth_failed_timeout": 0, "log": lambda *_args, **_kwargs: None}
    handler = type("QuietFTPHandler", (FTPHandler,), quiet)
    server = ThreadedFTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"timeout": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.address[1]
    finally:
        server.close_all()
        thread.join()


@contextmanager
def sftp_server(folder: Path) -> Iterator[tuple[int, paramiko.PKey]]:
    """The files below `folder`, for ann with the password p@ss; gives its port and the server's key."""
    key = paramiko.RSAKey.generate(2048)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve_sftp, args=(listening, key, folder), daemon=True).start()
        yield listening.getsockname()[1], key


def _serve_sftp(listening: socket.socket, key: paramiko.PKey, folder: Path) -> None:
    while True:
        try:
            connection = listening.accept()[0]
        except OSError:  # closed: the test is over
            return
        transport = paramiko.Transport(connection)
        transport.add_server_key(key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Folder, folder)
        transport.start_server(server=_OnlyAnn(), event=threading.Event())


class _OnlyAnn(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        known = (username, password) == ("ann", "p@ss")
        return paramiko.AUTH_SUCCESSFUL if known else paramiko.AUTH_FAILED

    def check_channel_request(self, _kind: str, _chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _Folder(paramiko.SFTPServerInterface):
    """Reading below one folder."""

    def __init__(self, server: paramiko.ServerInterface, folder: Path) -> None:
        super().__init__(server)
        self._folder = folder

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes]:
        return [paramiko.SFTPAttributes.from_stat(found.stat(), found.name) for found in self._at(path).iterdir()]

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(self._at(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    lstat = stat

    def open(self, path: str, flags: int, _attributes: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        handle = paramiko.SFTPHandle(flags)
        try:
            handle.readfile = self._at(path).open("rb")
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        return handle

    def _at(self, path: str) -> Path:
        return self._folder / path.lstrip("/")


@contextmanager
def s3_server(bucket: str, folder: Path) -> Iterator[Site]:
    """The files below `folder` as objects of `bucket`: listing, HEAD and GET with ranges, whoever asks."""
    with web_site() as site:
        site.default = lambda handler: _answer_s3(handler, bucket, folder)
        yield site


def _answer_s3(handler: Handler, bucket: str, folder: Path) -> None:
    parts = urlsplit(handler.path)
    path = unquote(parts.path).removeprefix(f"/{bucket}").lstrip("/")
    file = folder / path
    if not unquote(parts.path).startswith(f"/{bucket}"):
        handler.give(403, b"<Error><Code>AccessDenied</Code></Error>")
    elif not path:
        handler.give(200, _listing(bucket, folder, parse_qs(parts.query).get("prefix", [""])[0]))
    elif not file.is_file():
        handler.give(404, b"<Error><Code>NoSuchKey</Code></Error>")
    else:
        _give_object(handler, file)


def _give_object(handler: Handler, file: Path) -> None:
    content = file.read_bytes()
    headers = {"Last_Modified": formatdate(file.stat().st_mtime, usegmt=True), "ETag": '"1"'}
    if wanted := re.fullmatch(r"bytes=(\d+)-(\d*)", handler.headers.get("Range", "")):
        end = int(wanted[2] or len(content) - 1) + 1
        handler.give(206, content[int(wanted[1]) : end], **headers)
    elif handler.command == "HEAD":
        handler.begin(200, Content_Length=str(len(content)), **headers)
    else:
        handler.give(200, content, **headers)


def _listing(bucket: str, folder: Path, prefix: str) -> bytes:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    entries = "".join(
        f"<Contents><Key>{escape(key)}</Key><LastModified>{_time(path)}</LastModified><ETag>1</ETag>"
        f"<Size>{path.stat().st_size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for path in found
        for key in [os.fspath(path.relative_to(folder))]
        if key.startswith(prefix)
    )
    return (
        f"<ListBucketResult><Name>{bucket}</Name><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>".encode()
    )


def _time(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat().replace("+00:00", "Z")


class ObjectStore:
    """S3 by moto, on the loopback. What it keeps outlives that it is away."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.environment = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": "ann",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def start(self) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", self._port, verbose=False)
        self._server.start()

    def stop(self) -> None:
        self._server.stop()
