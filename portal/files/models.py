"""An uploaded file: what it is called, how large it is, what is in it (by hash), whose it is."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import UTCDateTime, utcnow
from portal.extensions import db


class StoredFile(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """One file in the store. `sha256` is in hexadecimal, `size` in bytes."""

    __tablename__ = "files"

    id: Mapped[str] = mapped_column(String(41), primary_key=True, default=lambda: f"file-{uuid.uuid4()}")
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    storage_key: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
