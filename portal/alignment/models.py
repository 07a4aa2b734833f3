"""What is kept of alignment: the job, its steps, its documents, and the passages and pairs that were made of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.alignment.generating.pairs import PairKind
from portal.database import UTCDateTime, utcnow
from portal.extensions import db
from portal.files.models import StoredFile
from portal.lifecycle import ALIGNMENT_ACTIVE, AlignmentSourceStatus, AlignmentStatus


class AlignmentType(StrEnum):
    """What training data is made; the values are those of the public client."""

    PRINCIPLE = "principle"
    CONTEXT_DATA = "context_data"
    """Each pair carries the passage that it rests on."""


class StepKey(StrEnum):
    """The steps of alignment in their order."""

    GENERATING = "generating"
    DEDUPLICATING = "deduplicating"
    WRITING = "writing"


class PairState(StrEnum):
    """Whether a pair goes into the files."""

    KEPT = "kept"
    DUPLICATE = "duplicate"
    """An earlier pair of the job asks and answers the same."""
    DROPPED = "dropped"
    """A person took it out."""


class AlignmentJob(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """Training data that is made of Markdown files: of those of a data job, or by themselves."""

    __tablename__ = "alignment_jobs"
    __table_args__ = (
        Index("ix_alignment_jobs_user_created", "user_id", "created_at"),
        Index(
            "ix_alignment_jobs_out_of_date",
            "id",
            sqlite_where=text("pairs_version != written_version"),
            postgresql_where=text("pairs_version != written_version"),
        ),
        {"sqlite_autoincrement": True},  # the id of one that is gone would name another's claim
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(39), unique=True, default=lambda: f"al-{uuid4()}")
    data_job_id: Mapped[str | None] = mapped_column(ForeignKey("data_jobs.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    alignment_type: Mapped[AlignmentType] = mapped_column(String(20))
    system_prompt: Mapped[str] = mapped_column(Text)
    instructions: Mapped[str] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(String(200))
    """The language model that writes the pairs; None where they are taken from the text without one."""

    status: Mapped[AlignmentStatus] = mapped_column(String(12), default=AlignmentStatus.PENDING, index=True)
    error_message: Mapped[str | None] = mapped_column(Text)
    suggested_fix: Mapped[str | None] = mapped_column(Text)

    worker: Mapped[str | None] = mapped_column(String(64), index=True)
    """Who has its last steps, or the writing of its files after a change of pairs, in hand."""
    lease_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    """Nobody takes it for its last steps before: in the future while it pauses, as its sources do."""
    pauses: Mapped[int] = mapped_column(default=0)
    pairs_version: Mapped[int] = mapped_column(default=0)
    """Raised with every change of a pair by a person."""
    written_version: Mapped[int] = mapped_column(default=0)
    """The `pairs_version` that its files show; where they differ, the files are to be written again."""

    jsonl_file_id: Mapped[str | None] = mapped_column(ForeignKey("files.id"), index=True)
    parquet_file_id: Mapped[str | None] = mapped_column(ForeignKey("files.id"), index=True)

    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow, index=True)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When it ended, however it did."""

    user: Mapped[User] = relationship(lazy="raise")
    jsonl_file: Mapped[StoredFile | None] = relationship(lazy="raise", foreign_keys=[jsonl_file_id])
    parquet_file: Mapped[StoredFile | None] = relationship(lazy="raise", foreign_keys=[parquet_file_id])
    steps: Mapped[list[AlignmentStep]] = relationship(
        lazy="raise", order_by="AlignmentStep.number", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def is_active(self) -> bool:
        return self.status in ALIGNMENT_ACTIVE

    @property
    def is_out_of_date(self) -> bool:
        """Whether its files don't show the last changes of its pairs yet."""
        return self.status == AlignmentStatus.COMPLETED and self.pairs_version != self.written_version


class AlignmentStep(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """How far one step of a job has come: `done` of `total`, which is in bytes of Markdown, or in pairs, and None while
    it isn't known."""

    __tablename__ = "alignment_steps"
    __table_args__ = (UniqueConstraint("alignment_job_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    alignment_job_id: Mapped[int] = mapped_column(ForeignKey("alignment_jobs.id", ondelete="CASCADE"))
    number: Mapped[int]
    key: Mapped[StepKey] = mapped_column(String(20))
    total: Mapped[int | None] = mapped_column(BigInteger)
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class AlignmentSource(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """One Markdown file of a job, with the claim of who makes pairs of it."""

    __tablename__ = "alignment_sources"
    __table_args__ = (
        UniqueConstraint("alignment_job_id", "number"),
        Index("ix_alignment_sources_job_status", "alignment_job_id", "status", "number"),
        {"sqlite_autoincrement": True},  # as with jobs
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alignment_job_id: Mapped[int] = mapped_column(ForeignKey("alignment_jobs.id", ondelete="CASCADE"))
    number: Mapped[int]
    """Its place among the job's documents, from 1; pairs keep this order whoever was quicker."""
    file_id: Mapped[str] = mapped_column(String(41), index=True)
    """The Markdown. No foreign key: it may be deleted once the job has ended."""
    name: Mapped[str] = mapped_column(String(255))
    """What people know it by: the document that it was converted from."""
    size: Mapped[int] = mapped_column(BigInteger)
    status: Mapped[AlignmentSourceStatus] = mapped_column(String(12), default=AlignmentSourceStatus.QUEUED)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    """Nobody takes it before: in the future while it pauses."""
    worker: Mapped[str | None] = mapped_column(String(64), index=True)
    lease_expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    pauses: Mapped[int] = mapped_column(default=0)

    done: Mapped[int] = mapped_column(BigInteger, default=0)
    """Bytes of it of which the pairs are kept. What is kept of one that is begun again is removed before."""
    pairs: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    """Pairs that the model wrote and that didn't stand the check against the text."""
    requests: Mapped[int] = mapped_column(default=0)
    input_tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    output_tokens: Mapped[int] = mapped_column(BigInteger, default=0)


class AlignmentPassage(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """A part of a document on which pairs rest. Its text is kept, so that it can be read beside them, and files can be
    written again, when the document is gone."""

    __tablename__ = "alignment_passages"
    __table_args__ = (UniqueConstraint("source_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("alignment_sources.id", ondelete="CASCADE"))
    number: Mapped[int]
    headings: Mapped[list[str]] = mapped_column(JSON)
    start: Mapped[int]
    end: Mapped[int]
    text: Mapped[str] = mapped_column(Text)

    source: Mapped[AlignmentSource] = relationship(lazy="raise")


class TrainingPair(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """A question and its answer; one line of the files unless it is a duplicate or was dropped."""

    __tablename__ = "training_pairs"
    __table_args__ = (
        UniqueConstraint("alignment_job_id", "position"),
        Index("ix_training_pairs_digest", "alignment_job_id", "digest", "position"),
        Index("ix_training_pairs_state", "alignment_job_id", "state", "position"),
        Index(
            "ix_training_pairs_edited",
            "alignment_job_id",
            sqlite_where=text("original_question IS NOT NULL"),
            postgresql_where=text("original_question IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alignment_job_id: Mapped[int] = mapped_column(ForeignKey("alignment_jobs.id", ondelete="CASCADE"))
    passage_id: Mapped[int] = mapped_column(ForeignKey("alignment_passages.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(BigInteger)
    """Its place in the job: number of the source times `PAIRS_OF_A_SOURCE`, plus its number within, from 1."""
    kind: Mapped[PairKind] = mapped_column(String(12))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    start: Mapped[int]
    end: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    """Of question and answer without regard to case and spaces: tells duplicates."""
    state: Mapped[PairState] = mapped_column(String(12), default=PairState.KEPT)

    original_question: Mapped[str | None] = mapped_column(Text)
    """What it was before a person edited it; None for one that nobody did."""
    original_answer: Mapped[str | None] = mapped_column(Text)

    passage: Mapped[AlignmentPassage] = relationship(lazy="raise")

    @property
    def is_edited(self) -> bool:
        return self.original_question is not None


PAIRS_OF_A_SOURCE = 10_000_000
"""More than one document can have."""
