"""The programs that a portal consists of: one web server and some workers."""

from __future__ import annotations

import os
import signal
import sys

from portal.serving.supervisor import Child

START_WORKER = """
import gc, os, signal
gc.disable()
signal.signal(signal.SIGINT, lambda *_: os._exit(0))
from portal.workers.process import main
main()
"""
"""Asked to stop while it is still loading, a worker just ends; later its queue's own way to stop takes over. Polars,
once it is loaded, passes the signal on to a handler, but swallows it where the system's own would act. Nothing is
garbage while it loads: to look for some would take a sixth of its start."""


def web_server(host: str, port: int) -> Child:
    """Gunicorn with threads: uploads stream through it, and a slow reader holds up one thread only."""
    settings = "python:portal.serving.gunicorn_conf"
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--config", settings, "--bind", f"{host}:{port}"]
    return Child("The web server", command, signal.SIGTERM)


def workers(count: int) -> list[Child]:
    """`count` worker processes that share the machine's cores."""
    threads = max(1, (os.cpu_count() or 1) // count)
    environment = {"POLARS_MAX_THREADS": os.environ.get("POLARS_MAX_THREADS", str(threads))}
    command = [sys.executable, "-c", START_WORKER]
    return [Child(f"Worker {number + 1}", command, signal.SIGINT, environment) for number in range(count)]


def default_workers() -> int:
    """One for each core, at most 8: more than that wait for the database rather than for a core."""
    return min(os.cpu_count() or 1, 8)
