"""Writing a chunk: its good rows to the table, its failed rows and its counts to the portal's books.

Where the table is in the portal's own database, one transaction does it all. Where it is in another, the rows and a
note of what became of them are committed there first (`ledger.py`), then the books.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from sqlalchemy import Connection, CursorResult, select, update

from portal.database import utcnow, writing, writing_on
from portal.importers import ChunkCounts, Definition
from portal.importers.conduct import KeepRows
from portal.lifecycle import RUN_ACTIVE, ChunkStatus, RunStatus
from portal.runs.engine.books import Books, settle_rows
from portal.runs.engine.claims import Claim, claim_next, fenced
from portal.runs.engine.context import Context
from portal.runs.engine.family import open_relatives
from portal.runs.engine.following import write_followed
from portal.runs.engine.frames import ROW
from portal.runs.engine.hooks import before_writing, called, facts_of
from portal.runs.engine.ledger import written_once
from portal.runs.engine.outcomes import Outcome, outcome_of
from portal.runs.engine.rehearsal import rows_after_rehearsed_ones
from portal.runs.engine.related import Delivery
from portal.runs.engine.stopping import exceeds_failures
from portal.runs.engine.target import Written, lookup_tables
from portal.runs.engine.validating import FailedCells, validate
from portal.runs.models import IngestChunk, IngestRun


class ClaimLost(Exception):
    """The run stopped, or another worker has taken the chunk over; nothing of this work may be kept."""


@dataclass(frozen=True)
class Work:
    """A claimed chunk with its run, its importer and its raw rows."""

    context: Context
    claim: Claim
    run: IngestRun
    definition: Definition
    frame: pl.DataFrame

    @property
    def rehearses(self) -> bool:
        """Whether the rows are only checked, by writing them and taking that back."""
        return self.run.dry_run or self.run.all_or_nothing

    @property
    def keeps_all_rows(self) -> bool:
        return self.definition.conduct.keep_rows == KeepRows.ALL


def write_here(work: Work, *, goes_on: bool) -> Claim | None:
    """Bring the rows into a table of the portal's own database; returns the claim on the next chunk, if it `goes_on`
    and there is one. Raises ClaimLost."""
    session = work.context.session
    judged = Judged(work, session.connection(), rehearses=work.rehearses)
    with writing_on(session):
        _trust_the_next_commit(session.connection())
        _fence(work)
        outcome = judged.write(session.connection())
        return enter(work, judged.books, outcome, judged.relatives, goes_on=goes_on)


def write_elsewhere(work: Work, connection: Connection, *, goes_on: bool) -> Claim | None:
    """The same for a table in the database of `connection`."""
    session = work.context.session
    judged = Judged(work, connection, rehearses=work.rehearses)

    def write() -> Outcome:
        begin_writing(connection)
        _check_claim(work)
        return judged.write(connection)

    if work.rehearses:
        outcome = write()
        connection.rollback()
    else:
        connection.commit()
        outcome = written_once(connection, work.run.token, work.claim.chunk_number, write)
    with writing(session):
        _fence(work, noted=not work.rehearses)
        return enter(work, judged.books, outcome, judged.relatives, goes_on=goes_on)


def _trust_the_next_commit(connection: Connection) -> None:
    """Let PostgreSQL answer this commit before it is on the disk: the rows are lost with their books or not at all, and
    the chunk is done again. The run's end is on the disk only after all that was committed before it
    (https://www.postgresql.org/docs/current/wal-async-commit.html)."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")


class Judged:
    """A chunk whose rows are checked and made ready, so that nobody has to wait for that."""

    def __init__(self, work: Work, connection: Connection, *, rehearses: bool) -> None:
        session, run = work.context.session, work.run
        self._definition, self._rehearses, self._facts = work.definition, rehearses, facts_of(run)
        find_existing = lookup_tables(connection).find_existing
        verdict = validate(work.frame, run.headers, run.mapping, work.definition, find_existing)
        prepared = before_writing(verdict.good, work.definition, self._facts)
        self._good, self._left_out = prepared.rows, prepared.left_out
        self._failed = [*verdict.failed, *prepared.failed]
        self._rehearsed = (
            rows_after_rehearsed_ones(work.context, work.claim, work.definition, self._good) if rehearses else None
        )
        self.relatives = [] if rehearses else open_relatives(session, run.id)
        self.books = Books(session, run.id, work.frame)
        self.books.prepare(work.frame[ROW] if work.keeps_all_rows else Outcome(self._failed).failed_rows)
        # Staging has put rows whose key came before into later waves.
        self._distinct = work.claim.wave == 0
        self._delivery = Delivery(connection, work.definition, self._good, distinct=self._distinct)

    def write(self, connection: Connection) -> Outcome:
        """Write the good rows and call the hooks that follow; what a rehearsal writes so is taken back."""
        savepoint = connection.begin_nested() if self._rehearses else None
        written, refused = self._write(connection)
        outcome = outcome_of([*self._failed, *refused], self._left_out, written, self._good, self._definition)
        self._call_after_chunk(connection, outcome)
        if savepoint is not None:
            savepoint.rollback()
        return outcome

    def _write(self, connection: Connection) -> tuple[Written, list[FailedCells]]:
        hook = self._definition.hooks.after_row
        if hook is None:
            return self._delivery.write(self._rehearsed)

        def write(part: pl.DataFrame) -> tuple[Written, list[FailedCells]]:
            if part.height == self._good.height:
                return self._delivery.write(self._rehearsed)
            return Delivery(connection, self._definition, part, distinct=self._distinct).write(self._rehearsed)

        after_row = hook.offered(run=self._facts, connection=connection)
        return write_followed(connection, self._good, write, after_row)

    def _call_after_chunk(self, connection: Connection, outcome: Outcome) -> None:
        hook = self._definition.hooks.after_chunk
        if hook is None:
            return
        not_in = pl.concat([outcome.failed_rows, pl.Series(ROW, outcome.left_out, dtype=pl.Int64)])
        went_in = self._good.filter(~pl.col(ROW).is_in(not_in.implode()))
        counts = ChunkCounts(went_in.height, len(outcome.failed_rows), outcome.skipped)
        called(hook, went_in, counts, run=self._facts, connection=connection)


def begin_writing(connection: Connection) -> None:
    """End what the connection to another database has read, and take its write lock where it has one."""
    connection.commit()
    connection.execution_options(begin_immediate=True).begin()


def _fence(work: Work, *, noted: bool = False) -> None:
    """Settle the chunk first: who finds it no longer claimed must not write. What is `noted` elsewhere is written, and
    must be booked though the run is to stop."""
    done = fenced(work.claim).values(status=ChunkStatus.DONE, completed_at=utcnow(), lease_expires_at=None, worker=None)
    result = work.context.session.execute(done)
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        raise ClaimLost
    if not noted:
        _check_goes_on(work)


def _check_claim(work: Work) -> None:
    session, claim = work.context.session, work.claim
    session.commit()  # what others did meanwhile must be seen
    held = select(IngestChunk.id).where(
        IngestChunk.id == claim.chunk_id, IngestChunk.worker == claim.worker, IngestChunk.attempts == claim.attempt
    )
    if session.scalar(held) is None:
        raise ClaimLost
    _check_goes_on(work)


def _check_goes_on(work: Work) -> None:
    status = work.context.session.scalar(select(IngestRun.status).where(IngestRun.id == work.claim.run_id))
    if status != RunStatus.PROCESSING:
        raise ClaimLost


def enter(work: Work, books: Books, outcome: Outcome, relatives: list[int], *, goes_on: bool) -> Claim | None:
    """Enter the outcome into the books, within the transaction that settles the chunk."""
    session, run_id = work.context.session, work.claim.run_id
    failed = books.enter(outcome)
    _keep_others(work, books, outcome)
    if relatives:
        settle_rows(session, relatives, run_id, _went_in(work.frame, outcome))
    # The run's own row comes last: whoever changes it keeps the other workers of the run waiting until the commit.
    goes_on = goes_on and not exceeds_failures(work.run, work.run.failed + failed)
    following = claim_next(session, run_id, work.context.by) if goes_on else None
    _count(work, failed, outcome.skipped)
    if not work.definition.database:
        _check_has_not_ended(work)
    return following


def _check_has_not_ended(work: Work) -> None:
    """Now nobody can end the run before this is committed; but somebody may have just before, who took this worker for
    dead. PostgreSQL doesn't keep others from writing meanwhile as SQLite does."""
    status = work.context.session.scalar(select(IngestRun.status).where(IngestRun.id == work.claim.run_id))
    if status not in RUN_ACTIVE:
        raise ClaimLost


def _keep_others(work: Work, books: Books, outcome: Outcome) -> None:
    if work.rehearses or work.keeps_all_rows:  # a row that a rehearsal leaves out isn't there for later ones
        books.enter_left_out(outcome)
    if work.keeps_all_rows and not work.run.all_or_nothing:
        books.enter_successful(outcome)


def _count(work: Work, failed: int, skipped: int) -> None:
    counts = {"successful": work.frame.height - failed - skipped, "failed": failed, "skipped": skipped}
    of_run = counts
    if work.run.all_or_nothing:  # nothing is in before all is
        of_run = {"failed": failed, "checked": work.frame.height}
    of_both = ((IngestChunk, work.claim.chunk_id, counts), (IngestRun, work.claim.run_id, of_run))
    for model, row_id, more in of_both:
        added = {name: getattr(model, name) + count for name, count in more.items()}
        work.context.session.execute(update(model).where(model.id == row_id).values(added))


def _went_in(frame: pl.DataFrame, outcome: Outcome) -> pl.Series:
    """The numbers of the rows that went in, or were skipped since what they speak of is there."""
    if not outcome.failed:
        return frame[ROW]
    return frame.filter(~pl.col(ROW).is_in(outcome.failed_rows.implode()))[ROW]
