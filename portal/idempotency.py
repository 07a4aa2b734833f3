"""`Idempotency-Key`: a request that starts something, and is sent again, starts it once.

The key is kept in the very transaction that starts the thing, so neither is there without the other, whoever is killed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import AnySession, UTCDateTime, utcnow
from portal.errors import BadInput, WrongState
from portal.extensions import db

KEPT = timedelta(hours=24)
LONGEST_KEY = 255


class IdempotencyKey(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """A key that someone sent, what it was sent with, and what was started then."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    fingerprint: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)


class StartedBefore(WrongState):
    """Another request with the same key was quicker; `subject_id` is what it started."""

    def __init__(self, subject_id: int) -> None:
        super().__init__("This was started by a request with the same Idempotency-Key.")
        self.subject_id = subject_id


@dataclass(frozen=True)
class Once:
    """One request of one account, told from others by `key`; `fingerprint` tells whether it is really the same."""

    user_id: int
    key: str
    fingerprint: str

    def started(self, session: AnySession) -> int | None:
        """What a request with this key started, None where none did. Raises BadInput where that was another one."""
        query = select(IdempotencyKey).where(IdempotencyKey.user_id == self.user_id, IdempotencyKey.key == self.key)
        known = session.scalar(query.where(IdempotencyKey.created_at > utcnow() - KEPT))
        if known is not None and known.fingerprint != self.fingerprint:
            text = "This key was sent before with another request. Take a new key for each request."
            raise BadInput(text, errors={"Idempotency-Key": [text]})
        return known.subject_id if known else None

    def check(self, session: AnySession) -> None:
        """Within a transaction that starts something, before it is seen whether that can be started now: what the same
        request started is no reason against it. Raises StartedBefore, BadInput."""
        earlier = self.started(session)
        if earlier is not None:
            raise StartedBefore(earlier)

    def claim(self, session: AnySession, subject_id: int) -> None:
        """Within the transaction that starts `subject_id`: keep the key. Raises StartedBefore, BadInput."""
        own = IdempotencyKey.user_id == self.user_id
        session.execute(delete(IdempotencyKey).where(own, IdempotencyKey.created_at <= utcnow() - KEPT))
        try:
            with session.begin_nested():
                values = {"user_id": self.user_id, "key": self.key, "fingerprint": self.fingerprint}
                session.add(IdempotencyKey(**values, subject_id=subject_id))
        except IntegrityError:
            earlier = self.started(session)
            raise StartedBefore(earlier or 0) from None


def fingerprint(*parts: object) -> str:
    """A short name for a request that consists of `parts`."""
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).hexdigest()
