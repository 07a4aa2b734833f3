"""What the portal needs of SQLAlchemy beyond its defaults: how databases are opened, write transactions, UTC times.

SQLite is made fit for several processes, PostgreSQL for a server that restarts and a network that breaks.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import URL, DateTime, Engine, MetaData, event, make_url
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Session, scoped_session
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 60
"""How long a writer waits for a lock (SQLite has one for all that write) before it gives up."""

AnySession = Session | scoped_session[Any]
"""What functions that use a session take: a plain one, or Flask-SQLAlchemy's for the running request."""

RETRY_SECONDS = 0.002
"""How long a writer sleeps between two tries to take that lock."""

PASSING_CACHE_KB = 2_000
"""What SQLite may keep in memory of what is read but once."""


POSTGRESQL_CONNECTION = {
    "application_name": "ingest-portal",
    "connect_timeout": 10,
    # A machine that is gone without a word is noticed within a minute.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""Parameters of libpq (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS), times in
seconds, the last in milliseconds."""


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
    """An aware UTC time. SQLite keeps it without zone, PostgreSQL gives it in the server's: both come back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is not None and value.tzinfo is None:
            raise ValueError("A time without zone can't be stored.")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def utcnow() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def can_be_kept(text: str) -> bool:
    """Whether every database keeps `text`: none has halves of surrogate pairs, and PostgreSQL no NUL."""
    return _UNFIT.search(text) is None


_UNFIT = re.compile("[\0\ud800-\udfff]")


@contextmanager
def writing(session: AnySession) -> Iterator[None]:
    """One write transaction: begun as such, committed at the end, rolled back on an error.

    A transaction that reads first and writes later fails at once on SQLite when another process wrote in
    between (SQLITE_BUSY_SNAPSHOT, https://www.sqlite.org/rescode.html#busy_snapshot): no busy timeout helps.
    So the read transaction that the session may hold is ended, and this one takes the write lock first.

    On PostgreSQL others write at the same time, and each statement sees what was committed before it began (READ
    COMMITTED). What is decided by reading must be locked (`with_for_update`, which SQLite needs not and leaves out)
    or asked again in the WHERE of the UPDATE, and not in a sub-query of it: only the row itself is looked at again
    after a wait (https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED).
    """
    session.commit()
    session.connection(execution_options={"begin_immediate": True})
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def writing_on(session: AnySession) -> Iterator[None]:
    """Like `writing`, on the connection that the session has now, so that its temporary tables are still there."""
    session.flush()
    session.expire_all()
    try:
        _begin_again(session.connection())
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def reading_part(session: AnySession) -> Iterator[Connection]:
    """One part of a long read, in a transaction that ends with it: none is open while whoever reads takes the part in,
    however slow they are.

    SQLite is kept from filling its page cache, tens of megabytes for each connection, with what is read but once.
    """
    connection = session.connection()
    with _small_cache(connection):
        yield connection
    session.commit()


@contextmanager
def _small_cache(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        yield
        return
    usual = connection.exec_driver_sql("PRAGMA cache_size").scalar()
    connection.exec_driver_sql(f"PRAGMA cache_size={-PASSING_CACHE_KB}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size={usual}")


def _begin_again(connection: Connection) -> None:
    """End what SQLite has read, take its write lock. PostgreSQL sees what others did meanwhile as it is."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("COMMIT")
        _take_write_lock(connection)


def database_settings(url: str) -> dict[str, object]:
    """What Flask-SQLAlchemy is to be told of the portal's own database. Raises ValueError, naming the setting."""
    try:
        address = database_url(url)
    except ValueError as error:
        raise ValueError(f"DATABASE_URL can't be used: {error}") from None
    return {"SQLALCHEMY_DATABASE_URI": address, "SQLALCHEMY_ENGINE_OPTIONS": engine_options(address)}


def database_url(url: str) -> URL:
    """The address as SQLAlchemy takes it: `postgres://` and `postgresql://` are opened by psycopg.

    Raises ValueError for what is no address, and for a database of a kind that isn't known.
    """
    try:
        address = make_url(url)
    except ArgumentError:
        raise ValueError("it isn't an address such as postgresql://user:password@host/name.") from None
    if address.drivername in ("postgres", "postgresql"):
        return address.set(drivername="postgresql+psycopg")
    if address.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ValueError(f"it names a database of a kind that isn't known: {address.drivername}.")
    return address


def engine_options(url: URL) -> dict[str, Any]:
    """What `create_engine` is to be given for the database at `url`."""
    if url.get_backend_name() == "sqlite":
        return {}
    return {
        "connect_args": POSTGRESQL_CONNECTION | {"options": f"-c lock_timeout={BUSY_SECONDS}s"},
        "pool_pre_ping": True,  # connections that a restart of the server has ended are replaced before their use
        "max_overflow": 20,  # more than the web server's threads
    }


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
