"""Gunicorn's settings (https://docs.gunicorn.org/en/stable/settings.html)."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

from portal.workers.lifeline import end_with_parent

worker_class = "gthread"
workers = 1
"""Threads serve uploads and polls alike; failed sign-ins are counted in one place."""

threads = 16
timeout = 120
graceful_timeout = 10
loglevel = "warning"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - its heartbeat file needs no disk


def on_starting(_server: Any) -> None:
    """A supervisor that is killed must not leave a server behind that holds the port."""
    end_with_parent(signal.SIGINT)
