"""What is kept of a run: the run itself, its chunks, its failed rows (or all) and why they failed.

Counts are kept on the run, not counted from rows: pruning rows must not change what a run says it did.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.database import UTCDateTime, utcnow
from portal.extensions import db
from portal.files.models import StoredFile
from portal.lifecycle import RUN_ACTIVE, RUN_FINISHED, ChunkStatus, RowStatus, RunStatus
from portal.progress import Progress


class IngestRun(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """One import of one file, or one retry of another run's failed rows."""

    __tablename__ = "ingest_runs"
    __table_args__ = (
        # An operator's list of 50,000 runs, narrowed: a third of the time that finding them by one of the two takes.
        Index("ix_ingest_runs_user_status", "user_id", "status"),
        Index("ix_ingest_runs_user_importer", "user_id", "importer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(40), default=lambda: uuid4().hex, unique=True)
    """Names the run where its id wouldn't do: in databases that several portals write to."""
    importer: Mapped[str] = mapped_column(String(100), index=True)
    status: Mapped[RunStatus] = mapped_column(String(30), default=RunStatus.PENDING, index=True)
    dry_run: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    file_id: Mapped[str | None] = mapped_column(ForeignKey("files.id"), index=True)
    original_filename: Mapped[str] = mapped_column(String(255))
    source: Mapped[str | None] = mapped_column(Text)
    """Where the file is fetched from, as people are shown it; None for an upload."""
    scheduled_for: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """The time at which the importer's schedule wanted it; None where someone began it."""
    retried_from_run_id: Mapped[int | None] = mapped_column(ForeignKey("ingest_runs.id"), index=True)
    chosen_rows: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    """Which of that run's failed rows it takes (`engine.choosing`); None for all. Not read with the run: it may be
    long, and only staging needs it."""

    format: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """How its file is written (`portal.importers.formats`), where someone has set that for this run alone."""

    total: Mapped[int | None] = mapped_column(BigInteger)
    """Rows in the source; None until staging has counted them."""
    staged: Mapped[int] = mapped_column(BigInteger, default=0)
    """Rows staged so far."""
    successful: Mapped[int] = mapped_column(BigInteger, default=0)
    failed: Mapped[int] = mapped_column(BigInteger, default=0)
    skipped: Mapped[int] = mapped_column(BigInteger, default=0)
    checked: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """How many rows of an all-or-nothing run are checked; they are counted above when all are."""
    settled: Mapped[int] = mapped_column(BigInteger, default=0)
    """How many of `failed` a later run has brought in."""

    headers: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The source's headers, in its order."""
    mapping: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """Source header -> column of the importer."""
    chosen_columns: Mapped[dict[str, str | None] | None] = mapped_column(JSON(none_as_null=True))
    """What of that someone has decided; None for a header that no column is to take."""
    source_text: Mapped[str] = mapped_column(String(200), default="")
    """What the source turned out to be: "CSV, UTF-8, comma, 19 columns"."""
    all_or_nothing: Mapped[bool] = mapped_column(default=False, server_default=false())
    """All its rows go in at once or none does. Kept here, so that a change of the importer doesn't split a run."""
    stop_after: Mapped[int | None] = mapped_column(BigInteger)
    """With more failed rows than this it stops; None for any number."""
    error: Mapped[str | None] = mapped_column(Text)
    error_fix: Mapped[str | None] = mapped_column(Text)

    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)
    enqueued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    prepared_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When its importer's `before_run` was done."""
    staged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    checked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When an all-or-nothing run had checked all its rows and found none that fails: they wait to be written."""
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    after_run_due: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its importer's `after_run` is still to be called."""

    worker: Mapped[str | None] = mapped_column(String(64))
    """Who stages it, writes it as a whole or calls its `after_run`, meanwhile."""
    lease_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)

    user: Mapped[User | None] = relationship(lazy="raise")
    file: Mapped[StoredFile | None] = relationship(lazy="raise")

    @property
    def processed(self) -> int:
        return self.successful + self.failed + self.skipped

    @property
    def open_failures(self) -> int:
        """Failed rows that no later run has settled."""
        return self.failed - self.settled

    @property
    def is_active(self) -> bool:
        return self.status in RUN_ACTIVE

    @property
    def is_finished(self) -> bool:
        return self.status in RUN_FINISHED

    @property
    def seconds(self) -> float | None:
        """How long it has been at work, until now while it still is."""
        if self.started_at is None:
            return None
        return max(((self.completed_at or utcnow()) - self.started_at).total_seconds(), 0.001)

    @property
    def progress(self) -> Progress:
        done = max(self.processed, self.checked)
        rate = done / self.seconds if self.seconds and done else None
        return Progress(self.total, self.successful, self.failed, self.skipped, rate, self.checked)


class IngestChunk(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """A part of a run that one worker takes at a time. What is `done` is never done again.

    `wave`: chunks of a wave wait for all of the waves before. Rows whose key was seen before in the same
    file are put into later waves, so that the outcome doesn't depend on which worker is first.
    """

    __tablename__ = "ingest_chunks"
    __table_args__ = (
        UniqueConstraint("run_id", "number"),
        Index("ix_ingest_chunks_status_lease", "status", "lease_expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("ingest_runs.id", ondelete="CASCADE"))
    number: Mapped[int]
    wave: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int]
    storage_key: Mapped[str] = mapped_column(String(255))
    status: Mapped[ChunkStatus] = mapped_column(String(20), default=ChunkStatus.PENDING)
    worker: Mapped[str | None] = mapped_column(String(64), index=True)
    lease_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    successful: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    enqueued_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class IngestRow(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """A row that failed, or any if the importer keeps them all, with its raw cells in the order of its run's headers.

    This table and `ingest_row_errors` have no foreign keys: PostgreSQL would look every reference of a million failed
    rows up by itself, which takes longer than to write them. The code that writes them has just written what they
    refer to, in the same transaction.
    """

    __tablename__ = "ingest_rows"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's name for it

    run_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    status: Mapped[RowStatus] = mapped_column(String(12), default=RowStatus.FAILED, server_default=RowStatus.FAILED)
    cells: Mapped[list[str]] = mapped_column(JSON)
    malformed: Mapped[str | None] = mapped_column(Text)
    """What was wrong with the line itself; such a row fails again until someone edits it."""
    settled_by_run_id: Mapped[int | None]
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When someone last changed its cells."""


class IngestErrorGroup(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """Failures of one run with the same field, rule and shape, hence with one message and one fix."""

    __tablename__ = "ingest_error_groups"
    __table_args__ = (UniqueConstraint("run_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("ingest_runs.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(120))
    """Names the group in addresses: field and rule, "tailnum.lookup"."""
    field: Mapped[str] = mapped_column(String(100))
    rule: Mapped[str] = mapped_column(String(30))
    message: Mapped[str] = mapped_column(Text)
    count: Mapped[int] = mapped_column(BigInteger, default=0)
    values: Mapped[list[list[Any]] | None] = mapped_column(JSON)
    """The most frequent offending values with their counts, [[value, rows], ...]; set when the run ends."""
    distinct_values: Mapped[int | None] = mapped_column(BigInteger)
    suggested_fix: Mapped[str] = mapped_column(Text, default="")


class IngestRowError(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """One failure of one row: which group it belongs to and the value that failed.

    A run has few groups, so a row's failures are found by asking each of them: no second index is needed, which
    would cost as much again for each failure.
    """

    __tablename__ = "ingest_row_errors"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's name for it

    group_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    value: Mapped[str | None] = mapped_column(Text)
