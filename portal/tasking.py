"""Background work: a Huey that is set up with the app, and `@task`, which opens the app's context."""

from __future__ import annotations

import functools
import logging
import sqlite3
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg
from huey import Huey
from huey.storage import BaseStorage, PostgresStorage, RedisStorage, SqliteStorage
from redis import ConnectionPool, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import make_url

from portal.database import POSTGRESQL_CONNECTION, database_url

if TYPE_CHECKING:
    from flask import Flask


log = logging.getLogger(__name__)

REDIS_CONNECTION = {
    "socket_connect_timeout": 5,
    "socket_timeout": 10,
    "socket_keepalive": True,
    "retry": Retry(NoBackoff(), 0),
}
"""In seconds; an answer takes longest where a worker waits a second for a task."""

OUT_OF_REACH = (sqlite3.Error, psycopg.Error, RedisError)

AWAY_SECONDS = 5
"""How long a queue that is out of reach isn't asked again: nobody's page or run must wait for each answer in vain."""


class PortalHuey(Huey):
    """A Huey whose storage is opened when the app is made, since only then its address is known."""

    def __init__(self) -> None:
        super().__init__("portal", storage_class=_Unset, results=False)
        self.app: Flask | None = None
        self._away_until = 0.0

    def init_app(self, app: Flask, url: str) -> None:
        """Bind to `app` and to the queue at `url` (`sqlite:///path`, `redis://host`, `postgresql://host/name`).

        Raises ValueError for an address of a kind that isn't known.
        """
        self.app = app
        self._away_until = 0.0
        self.storage = _open_storage(url)
        app.extensions["huey"] = self

    def enqueue(self, task: Any) -> Any:
        """Put `task` into the queue. Nothing happens while that is out of reach: what is to be done is in the
        database, where recovery finds it."""
        enqueue = super().enqueue
        return self._ask(lambda: enqueue(task))

    def waiting(self) -> int | None:
        """How many tasks wait in the queue; None while it is out of reach."""
        count: int | None = self._ask(self.pending_count)
        return count

    def _ask(self, question: Callable[[], Any]) -> Any:
        if time.monotonic() < self._away_until:
            return None
        for attempt in (1, 2):  # the second one has a new connection, where a restart of the server has ended the first
            try:
                return question()
            except OUT_OF_REACH as error:
                if attempt == 2:
                    log.warning("The queue is out of reach: %s", error)
        self._away_until = time.monotonic() + AWAY_SECONDS
        return None


def task(function: Callable[..., None]) -> Callable[..., Any]:
    """Make `function` a background task. It gets ids only: what they name may change before it runs."""
    from portal.extensions import huey  # extensions needs PortalHuey from here

    @functools.wraps(function)
    def run_in_app_context(*args: Any, **kwargs: Any) -> None:
        if huey.app is None:
            raise RuntimeError("The queue isn't bound to an app.")
        with huey.app.app_context():
            function(*args, **kwargs)

    return huey.task()(run_in_app_context)  # type: ignore[no-any-return]  # huey ships no types


class _Unset:
    """Stands in for the storage until `init_app`; any use of it is an error that says so."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("The queue isn't bound to an app.")


def _open_storage(url: str) -> BaseStorage:
    match url.partition(":")[0].partition("+")[0]:
        case "sqlite":
            # fsync is off: the database is the truth, and what a crash of the machine takes from the queue is put back.
            return SqliteStorage("portal", filename=make_url(url).database, fsync=False, timeout=30)
        case "redis" | "rediss":
            return RedisStorage("portal", connection_pool=ConnectionPool.from_url(url, **REDIS_CONNECTION))
        case "postgres" | "postgresql":
            return _PostgreSQLStorage("portal", dsn=_libpq_address(url), **POSTGRESQL_CONNECTION)
        case kind:
            raise ValueError(f"HUEY_URL names a queue of a kind that isn't known: {kind}.")


class _PostgreSQLStorage(PostgresStorage):
    """Connects when it is first used, not when the app is made: a page can then say that the queue is out of reach."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, create_tables=False, **kwargs)

    def _create_connection(self) -> Any:
        connection = super()._create_connection()
        with connection.transaction():
            # Of two processes that make a table at once, one fails in spite of IF NOT EXISTS: so they take turns.
            connection.execute("SELECT pg_advisory_xact_lock(hashtext('portal queue'))")
            for statement in self.ddl:
                connection.execute(statement)
        return connection


def _libpq_address(url: str) -> str:
    return database_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
