"""What is kept of a data job: the job, the files in it, and for each file that must be converted a record of that.

Statuses of data jobs and ingestion jobs follow from the records (`statuses`); they are nowhere kept.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.alignment.models import AlignmentJob
from portal.database import UTCDateTime, utcnow
from portal.extensions import db
from portal.files.models import StoredFile
from portal.lifecycle import RECORD_ACTIVE, RECORD_OPEN, AlignmentStatus, FileRecordStatus


class DataJobType(StrEnum):
    """What training data the job is to make; the values are those of the public client."""

    PRINCIPLE_FILES = "principle_files"
    CONTEXT_GROUNDED_FILES = "context_grounded_files"
    CONTEXT_GROUNDED_VECTOR_DB = "context_grounded_vector_db"


class DataJob(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """A set of documents that become Markdown, then training data."""

    __tablename__ = "data_jobs"
    __table_args__ = (Index("ix_data_jobs_user_created", "user_id", "created_at"),)

    id: Mapped[str] = mapped_column(String(41), primary_key=True, default=lambda: f"dj-{uuid4()}")
    name: Mapped[str] = mapped_column(String(255), index=True)
    job_type: Mapped[DataJobType] = mapped_column(String(40), index=True)
    description: Mapped[str | None] = mapped_column(Text)
    system_prompt: Mapped[str | None] = mapped_column(Text)
    system_prompt_updated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    instructions: Mapped[str | None] = mapped_column(Text)
    instructions_updated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    origin_data_job_id: Mapped[str | None] = mapped_column(String(41))
    """The job that it was cloned from; that one may be gone."""
    alignment_job_id: Mapped[int | None] = mapped_column(index=True)
    """The alignment that it was started with, whose status is then the job's. None again once what it is made of is
    changed after a failure or a cancel. No foreign key, since that one refers to the job: it may have been deleted."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    """When it, its files or a record of theirs last changed."""

    user: Mapped[User] = relationship(lazy="raise")
    alignment: Mapped[AlignmentJob | None] = relationship(
        lazy="raise", primaryjoin="foreign(DataJob.alignment_job_id) == AlignmentJob.id", viewonly=True
    )

    @property
    def alignment_status(self) -> AlignmentStatus | None:
        """The status of the alignment that it was started with; None where it wasn't, or may be started again."""
        return self.alignment.status if self.alignment else None


class IngestionJob(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """Files that were handed in together to be converted with one method, for a data job or by themselves."""

    __tablename__ = "ingestion_jobs"

    id: Mapped[str] = mapped_column(String(41), primary_key=True, default=lambda: f"ij-{uuid4()}")
    data_job_id: Mapped[str | None] = mapped_column(ForeignKey("data_jobs.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    method: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When its first file began to be converted, since the last retry; with it the timeline says so, once."""
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When nothing was queued or running any more; likewise."""


class FileRecord(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """The conversion of one file. Markdown has none: it needs no conversion."""

    __tablename__ = "file_records"
    __table_args__ = (
        # The queue in its order, and what of a data job is in which status.
        Index("ix_file_records_status_queued", "status", "queued_at", "id"),
        Index("ix_file_records_job_status", "data_job_id", "status"),
        {"sqlite_autoincrement": True},  # the id of one that is gone would name another's conversion
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ingestion_job_id: Mapped[str] = mapped_column(ForeignKey("ingestion_jobs.id", ondelete="CASCADE"), index=True)
    data_job_id: Mapped[str | None] = mapped_column(ForeignKey("data_jobs.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who handed it in: the file must be one that they may see."""
    file_id: Mapped[str] = mapped_column(String(41), index=True)
    """No foreign key: who names a file that isn't there, or isn't theirs, gets a record that says so."""
    filename: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str | None] = mapped_column(String(12))
    size: Mapped[int | None] = mapped_column(BigInteger)
    method: Mapped[str] = mapped_column(String(20))
    status: Mapped[FileRecordStatus] = mapped_column(String(12), default=FileRecordStatus.QUEUED)
    deleted: Mapped[bool] = mapped_column(default=False)
    """Removed from its job, or replaced there. A record that is deleted counts for nothing any more."""

    error_key: Mapped[str | None] = mapped_column(String(40))
    """The cause (`portal.documents.failures`)."""
    error_message: Mapped[str | None] = mapped_column(Text)
    suggested_fix: Mapped[str | None] = mapped_column(Text)

    result_file_id: Mapped[str | None] = mapped_column(ForeignKey("files.id"), index=True)
    """The Markdown that it became."""
    pages: Mapped[int | None]
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What is worth knowing of the result, in sentences."""

    queued_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    """Its place in the queue, and the time before which nobody takes it: in the future while it pauses."""
    worker: Mapped[str | None] = mapped_column(String(64), index=True)
    lease_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    """How often it was claimed, ever: tells one claim from an earlier one."""
    deaths: Mapped[int] = mapped_column(default=0)
    """How many workers died with it in hand, since it was last handed in."""
    pauses: Mapped[int] = mapped_column(default=0)
    """How often what it needs was away, since it was last handed in."""

    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    processing_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    result: Mapped[StoredFile | None] = relationship(lazy="raise")

    @property
    def public_id(self) -> str:
        """What programs know it by, as `record_id`."""
        return f"rec-{self.id}"

    @property
    def is_active(self) -> bool:
        return self.status in RECORD_ACTIVE

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person."""
        return self.status in RECORD_OPEN

    @property
    def is_unfinished(self) -> bool:
        """Whether a worker began with it, and no worker has ended it: one that died may have left something."""
        return self.attempts > 0 and self.status not in (FileRecordStatus.COMPLETED, FileRecordStatus.FAILED)

    @property
    def seconds(self) -> float | None:
        """How long its conversion took, or has taken until now."""
        if self.processing_at is None:
            return None
        end = self.completed_at or self.failed_at or (utcnow() if self.is_active else None)
        return max((end - self.processing_at).total_seconds(), 0.0) if end else None


class DataJobFile(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """A file in a data job: with a record where it must be converted, without where it is Markdown."""

    __tablename__ = "data_job_files"
    __table_args__ = (
        UniqueConstraint("data_job_id", "file_id"),
        # Two parts of what could be one: SQLite would look for the Markdown of a job among that of all jobs.
        Index(
            "ix_data_job_files_record_id",
            "record_id",
            unique=True,
            sqlite_where=text("record_id IS NOT NULL"),
            postgresql_where=text("record_id IS NOT NULL"),
        ),
        Index(
            "ix_data_job_files_markdown",
            "data_job_id",
            sqlite_where=text("record_id IS NULL"),
            postgresql_where=text("record_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    data_job_id: Mapped[str] = mapped_column(ForeignKey("data_jobs.id", ondelete="CASCADE"))
    file_id: Mapped[str] = mapped_column(String(41), index=True)
    """No foreign key, as in `FileRecord`."""
    record_id: Mapped[int | None] = mapped_column(ForeignKey("file_records.id"))
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str | None] = mapped_column(String(12))
    size: Mapped[int | None] = mapped_column(BigInteger)
    notes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Advice on Markdown that is used as it is."""
    added_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    record: Mapped[FileRecord | None] = relationship(lazy="raise")
