"""Servers that tests start for themselves, PostgreSQL and Redis: private, and gone with whoever started them."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from redis import Redis
from redis.exceptions import ConnectionError as RedisIsAway

from portal.workers.lifeline import end_with_parent
from tests.support.emptying import empty
from tests.support.running import free_port, until

START_SECONDS = 60
ROOT = Path(__file__).parents[2]

# Nothing here has to outlast a crash of the machine; of the server it has, so commits are written, if not synced.
QUICK = ("fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")


class PostgreSQLServer:
    """A server below `folder`, reached by a socket there. Its only role is `portal`, which needs no password."""

    def __init__(self, folder: Path, settings: Sequence[str]) -> None:
        self._folder = folder
        self._settings = settings
        self._programs = Path(subprocess.check_output([ROOT / "scripts" / "postgresql-path"], text=True).strip())
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: psycopg.Connection[Any] | None = None
        self._emptied: dict[str, str] = {}
        """Databases that wait for the next test, by what they are a copy of."""

    def set_up(self) -> None:
        """Make its files."""
        command = [self._programs / "initdb", "--pgdata", self._folder / "data", "--no-sync", "--auth=trust"]
        with (self._folder / "initdb.log").open("wb") as log:
            words = ["--username=portal", "--no-locale", "--encoding=UTF8"]
            subprocess.run([*command, *words], stdout=log, check=True, **_as_nobody(self._folder))

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = [*self._settings, "listen_addresses=", f"unix_socket_directories={self._folder}"]
        command = [self._programs / "postgres", "-D", self._folder / "data"]
        command += [word for setting in settings for word in ("-c", setting)]
        self._process = _started(command, self._folder, signal.SIGQUIT)
        until(self._answers, START_SECONDS, "PostgreSQL answers")

    def stop(self, *, immediate: bool = False) -> None:
        """End it as a restart of the machine's services does: who is connected is cut off. With `immediate` it has no
        time to put its files in order, as after a power cut."""
        assert self._process is not None
        self._connected().close()
        self._process.send_signal(signal.SIGQUIT if immediate else signal.SIGINT)
        self._process.wait(timeout=60)

    def url(self, name: str) -> str:
        return f"postgresql://portal@/{name}?host={self._folder}"

    def create(self, name: str, template: str = "template1") -> None:
        # To copy files takes half the time here; releases before 15 know no other way.
        strategy = SQL("STRATEGY FILE_COPY" if self._connected().info.server_version >= 150000 else "")
        statement = SQL("CREATE DATABASE {} TEMPLATE {} {}")
        self._connected().execute(statement.format(Identifier(name), Identifier(template), strategy))

    @contextlib.contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The address of a database of one's own, a copy of `template`; dropped at the end, whoever is connected."""
        name = self._copy_of(template)
        try:
            yield self.url(name)
        finally:
            self._drop(name)

    @contextlib.contextmanager
    def emptied_database(self, template: str) -> Iterator[str]:
        """The same, but for the next test it is emptied, which takes a fifth of the time. One in which a test has
        changed more than rows isn't used again."""
        name = self._emptied.pop(template, None) or self._copy_of(template)
        try:
            yield self.url(name)
        finally:
            if empty(self.url(name), like=self.url(template)):
                self._emptied[template] = name
            else:
                self._drop(name)

    def _copy_of(self, template: str) -> str:
        name = f"test_{uuid.uuid4().hex[:12]}"
        self.create(name, template)
        return name

    def _drop(self, name: str) -> None:
        self._connected().execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    def _connected(self) -> psycopg.Connection[Any]:
        assert self._connection is not None, "The server isn't started."
        return self._connection

    def _answers(self) -> bool:
        _check_lives(self._process, self._folder)
        with contextlib.suppress(psycopg.OperationalError):
            self._connection = psycopg.connect(self.url("postgres"), autocommit=True)
            return True
        return False


class RedisServer:
    """A server on a free port that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it and wait until it answers; it has nothing in it then."""
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(self._port), "--save", "", "--appendonly", "no"]
        self._process = _started(command, self._folder, signal.SIGKILL)
        until(self._answers, START_SECONDS, "Redis answers")

    def stop(self) -> None:
        """End it at once; what was in it is lost."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(timeout=60)

    def _answers(self) -> bool:
        _check_lives(self._process, self._folder)
        with contextlib.suppress(RedisIsAway), contextlib.closing(Redis.from_url(self.url)) as connection:
            return bool(connection.ping())
        return False


@contextlib.contextmanager
def postgresql_server(settings: Sequence[str] = QUICK) -> Iterator[PostgreSQLServer]:
    """A server that is stopped at the end, and whose files are removed."""
    with _folder_of_nobody() as folder:
        server = PostgreSQLServer(folder, settings)
        server.set_up()
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def redis_server() -> Iterator[RedisServer]:
    """A server that is stopped at the end."""
    with _folder_of_nobody() as folder:
        server = RedisServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _started(command: Sequence[str | Path], folder: Path, at_end: signal.Signals) -> subprocess.Popen[bytes]:
    """Start a server that gets the signal `at_end` when this process dies, however it does: none may be left over."""
    with (folder / "server.log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the tests, which then end it themselves
            preexec_fn=lambda: end_with_parent(at_end),  # noqa: PLW1509 - no thread is at work while a server is started
            **_as_nobody(folder),
        )


def _check_lives(process: subprocess.Popen[bytes] | None, folder: Path) -> None:
    assert process is not None
    assert process.poll() is None, (folder / "server.log").read_text()


@contextlib.contextmanager
def _folder_of_nobody() -> Iterator[Path]:
    """A temporary folder that the server may write to. Not pytest's, into which nobody but its owner may look."""
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    if os.getuid() == 0:
        shutil.chown(folder, *_nobody())
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _as_nobody(folder: Path) -> dict[str, Any]:
    """For `subprocess`: PostgreSQL refuses to be run by root, so root's servers are run by nobody."""
    if os.getuid() != 0:
        return {"cwd": folder}
    user, group = _nobody()
    return {"cwd": folder, "user": user, "group": group, "extra_groups": []}


def _nobody() -> tuple[int, int]:
    found = pwd.getpwnam("nobody")
    return found.pw_uid, found.pw_gid
