"""A whole portal as its users run it: `portal serve` in a folder of its own, with its workers."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import select

from config import TestConfig
from portal import create_app
from portal.accounts import operations
from portal.accounts.models import User
from portal.errors import BadInput
from portal.extensions import db
from tests.support.databases import Database

PORTAL = [sys.executable, "-m", "portal"]
START_SECONDS = 60
SETTING_UP = SimpleNamespace(id=None, email="test set-up")


class RunningPortal:
    """`portal serve` on a free port; its database can be looked at, its processes can be killed."""

    def __init__(self, folder: Path, *, workers: int = 2, **environment: str) -> None:
        self.folder = folder
        self.database_url = environment.get("DATABASE_URL", f"sqlite:///{folder / 'portal.db'}")
        self._database = Database(self.database_url)
        self.rows, self.write = self._database.rows, self._database.write
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {"PORTAL_DATA_DIR": str(folder)} | environment
        self._arguments = ["serve", "--port", str(self.port), "--workers", str(workers)]
        self.log = folder / "serve.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*PORTAL, *self._arguments],
                env=self.environment,
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until(self.answers, START_SECONDS, "the portal answers")

    def stop(self) -> int:
        """Ask it to end (Ctrl-C) and wait; returns its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def run(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a `portal` command beside it."""
        return subprocess.run(
            [*PORTAL, *arguments],
            env=self.environment,
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    @contextlib.contextmanager
    def beside(self, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """Keep a `portal` command running beside it."""
        command = [*PORTAL, *arguments]
        with subprocess.Popen(command, env=self.environment | environment, cwd=self.folder) as process:
            try:
                yield process
            finally:
                process.send_signal(signal.SIGINT)

    def must(self, *arguments: str, stdin: str | None = None) -> str:
        """The same, and it must succeed; returns what it printed."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout.strip()

    def sign_in_link(self, email: str, role: str = "operator") -> str:
        """A fresh link for `email`, whose account is made where there is none. Made in this process, at the portal's
        database: commands would take two seconds to load."""
        queue = self.environment.get("HUEY_URL", f"sqlite:///{self.folder / 'queue.db'}")
        app = create_app(TestConfig.below(self.folder, database_url=self.database_url, huey_url=queue))
        with app.app_context():
            with contextlib.suppress(BadInput):
                operations.create_user(email, role, actor=SETTING_UP)
            user_id = db.session.scalars(select(User.id).where(User.email == email)).one()
            secret = operations.create_sign_in_link(user_id, actor=SETTING_UP)
            db.engine.dispose()
        return f"{self.url}/sign-in/link/{secret}"

    def worker_pids(self) -> list[int]:
        """The worker processes that are alive now."""
        assert self.process is not None
        return [pid for pid in _children(self.process.pid) if b"portal.workers.process" in _command_line(pid)]

    def web_pids(self) -> list[int]:
        """The web server's processes: the one that keeps the others, and those."""
        assert self.process is not None
        keepers = [pid for pid in _children(self.process.pid) if b"gunicorn" in _command_line(pid)]
        return [*keepers, *(child for pid in keepers for child in _children(pid))]

    def answers(self) -> bool:
        """Whether the web server takes connections."""
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def wait_for_run(self, run_id: int, seconds: float = 120) -> str:
        """Wait until the run has finished; returns its status."""
        finished = "('completed', 'completed_with_errors', 'failed', 'cancelled')"
        query = f"SELECT status FROM ingest_runs WHERE id = ? AND status IN {finished}"
        until(lambda: self.rows(query, run_id), seconds, f"run {run_id} has finished")
        return str(self.rows(query, run_id)[0][0])


@contextlib.contextmanager
def running_portal(folder: Path, *, workers: int = 2, **environment: str) -> Iterator[RunningPortal]:
    """A portal that is stopped at the end, whatever happens."""
    portal = RunningPortal(folder, workers=workers, **environment)
    portal.start()
    try:
        yield portal
    finally:
        if portal.process is not None and portal.process.poll() is None:
            portal.stop()


def until(holds: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until `holds()` is true; fails with `what` when it isn't in time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"Waited {seconds} s in vain until {what}."
        time.sleep(0.05)


def free_port() -> int:
    """A port of the loopback that nobody uses."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _command_line(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
