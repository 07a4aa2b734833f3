"""An uploaded file: what it is called, how large it is, what is in it (by hash), whose it is."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.database import UTCDateTime, utcnow
from portal.extensions import db


class FilePurpose(StrEnum):
    """What a file of the library is for; the values are those of the public client."""

    ALIGNMENT = "alignment"
    FINE_TUNE = "fine-tune"
    PREFERENCE_FINE_TUNE = "preference-fine-tune"
    REINFORCEMENT_FINE_TUNE = "reinforcement-fine-tune"
    PRE_TRAIN = "pre-train"


class StoredFile(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """One file in the store. `sha256` is in hexadecimal, `size` in bytes."""

    __tablename__ = "files"
    __table_args__ = (Index("ix_files_library", "user_id", "purpose", "created_at"),)

    id: Mapped[str] = mapped_column(String(41), primary_key=True, default=lambda: f"file-{uuid.uuid4()}")
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    storage_key: Mapped[str] = mapped_column(String(255))
    purpose: Mapped[str | None] = mapped_column(String(30))
    """What it is for (`FilePurpose`), which makes it part of the library; None for the upload of a run."""
    kind: Mapped[str | None] = mapped_column(String(12))
    """What it was found to be from its content: a `portal.documents.kinds.Kind`, `parquet`, or None."""
    origin_file_id: Mapped[str | None] = mapped_column(String(41), index=True)
    """The file that it was made from, for what a conversion gave; that one may be gone."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    user: Mapped[User | None] = relationship(lazy="raise")
