"""Target tables in a database other than the portal's own: what was written there stands in a ledger beside it.

Nothing can commit in two databases at once. So the transaction that writes a chunk's rows also notes, in a table of
that database, what became of them. The portal's books follow from the note: a worker that dies between the two commits
leaves a chunk that is noted but not booked, and whoever takes it over books it without writing anything again.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import BigInteger, Column, Connection, DateTime, MetaData, String, Table, Text, delete, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.schema import CreateTable

from portal.database import utcnow
from portal.runs.engine.outcomes import Outcome

LEDGER = Table(
    "ingest_portal_ledger",
    MetaData(),
    Column("run", String(40), primary_key=True),
    Column("chunk", BigInteger, primary_key=True, autoincrement=False),
    Column("outcome", Text, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
)
"""`run` is the run's token, since several portals may write to one database."""

TRIES = 20
RETRY_SECONDS = 0.1
"""How long a worker waits until it tries again to make the ledger."""


def written_once(connection: Connection, run: str, chunk: int, write: Callable[[], Outcome]) -> Outcome:
    """What became of the chunk: as it is noted, or what `write` returns, which is committed together with the note.

    `connection` has no transaction open, but what `write` relies on may stand in its temporary tables.
    """
    noted = noted_outcome(connection, run, chunk)
    if noted is not None:
        return noted
    try:
        outcome = write()
        note = {"run": run, "chunk": chunk, "outcome": outcome.to_json(), "written_at": utcnow()}
        connection.execute(insert(LEDGER).values(note))
        connection.commit()
    except IntegrityError:  # somebody who took this worker for dead has written it meanwhile
        connection.rollback()
        noted = noted_outcome(connection, run, chunk)
        if noted is None:
            raise
        return noted
    return outcome


def noted_outcome(connection: Connection, run: str, chunk: int) -> Outcome | None:
    """What the ledger says of the chunk, or None."""
    _make(connection)
    text = connection.scalar(select(LEDGER.c.outcome).where(LEDGER.c.run == run, LEDGER.c.chunk == chunk))
    return None if text is None else Outcome.from_json(text)


def forget(connection: Connection, run: str) -> None:
    """Remove the notes of a run that is booked to its end."""
    _make(connection)
    connection.execute(delete(LEDGER).where(LEDGER.c.run == run))
    connection.commit()


def _make(connection: Connection) -> None:
    """Make the ledger where it isn't there yet; whoever is slower than another at it finds it, or tries again: one that
    is killed while it makes it leaves none."""
    for left in reversed(range(TRIES)):
        there = connection.dialect.has_table(connection, LEDGER.name)
        connection.commit()  # SQLite refuses to write after it has read what others have changed since
        if there:
            return
        try:
            connection.execute(CreateTable(LEDGER, if_not_exists=True))
            connection.commit()
        except (IntegrityError, ProgrammingError, OperationalError):
            connection.rollback()
            if not left:
                raise
            time.sleep(RETRY_SECONDS)
