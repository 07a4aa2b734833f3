"""What the portal needs of SQLAlchemy beyond its defaults: SQLite made fit for several processes, UTC times."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import DateTime, Engine, MetaData, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 60
"""How long a writer waits for SQLite's one write lock before it gives up."""

AnySession = Session | scoped_session[Any]
"""What functions that use a session take: a plain one, or Flask-SQLAlchemy's for the running request."""

RETRY_SECONDS = 0.002
"""How long a writer sleeps between two tries to take that lock."""


class Base(DeclarativeBase):
    """Parent of all models; names constraints so that migrations can alter them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps it without zone, so the zone is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is not None and value.tzinfo is None:
            raise ValueError("A time without zone can't be stored.")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def utcnow() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


@contextmanager
def writing(session: AnySession) -> Iterator[None]:
    """One write transaction: begun as such, committed at the end, rolled back on an error.

    A transaction that reads first and writes later fails at once on SQLite when another process wrote in
    between (SQLITE_BUSY_SNAPSHOT, https://www.sqlite.org/rescode.html#busy_snapshot): no busy timeout helps.
    So the read transaction that the session may hold is ended, and this one takes the write lock first.
    """
    session.commit()
    session.connection(execution_options={"begin_immediate": True})
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


def prepare_engine(engine: Engine) -> None:
    """Set up a freshly made engine; does nothing for databases other than SQLite."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own BEGIN comes too late and is never IMMEDIATE; `_begin_sqlite` takes its place.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "cache_size=-65536",
        "temp_store=MEMORY",
        "wal_autocheckpoint=16000",  # 64 MB: an import touches the same pages again and again
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("begin_immediate", False):
        _take_write_lock(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _take_write_lock(connection: Connection) -> None:
    """BEGIN IMMEDIATE, asked for often: SQLite's own way to wait sleeps up to a tenth of a second between two
    tries (https://www.sqlite.org/c3ref/busy_timeout.html), in which nobody writes."""
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    end = time.monotonic() + BUSY_SECONDS
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < end:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(RETRY_SECONDS)
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # SQLAlchemy turns what it says into its own error
