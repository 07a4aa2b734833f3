"""Several at the same moment, as on several machines: each in a thread and a database session of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import text

from portal.errors import PortalError
from portal.extensions import db


def at_once(app: Flask, *works: Callable[[], object]) -> list[object]:
    """Do each of `works`; returns what they gave or how they were refused."""
    ready = Barrier(len(works))

    def do(work: Callable[[], object]) -> object:
        with app.app_context():
            db.session.scalar(text("SELECT 1"))  # connected, so that all of them begin together
            ready.wait()
            try:
                return work()
            except PortalError as error:
                return error

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(do, works))
