"""Accounts, their tokens for programs, and one-time sign-in links. No secret is kept in readable form."""

from __future__ import annotations

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.database import UTCDateTime, utcnow
from portal.extensions import db


class Role(StrEnum):
    """What a person may do: an auditor reads everything and changes nothing."""

    ADMIN = "admin"
    OPERATOR = "operator"
    AUDITOR = "auditor"


class TokenRole(StrEnum):
    """What a token may do of what its owner may."""

    OWNER = "owner"
    OPERATOR = "operator"
    READER = "reader"


def new_session_key() -> str:
    """A value that no earlier session of the account knows."""
    return secrets.token_urlsafe(24)


class User(db.Model):  # type: ignore[name-defined,misc]  # Flask-SQLAlchemy makes the class at run time
    """A person with an account. `email` is kept in lower case, so that its case never matters.

    `session_key` is part of what a signed-in browser holds: a new one signs every browser out.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=20, values_callable=lambda roles: [role.value for role in roles])
    )
    is_active: Mapped[bool] = mapped_column(default=True)
    session_key: Mapped[str] = mapped_column(String(64), default=new_session_key)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    last_seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    is_authenticated = True  # Flask-Login asks; its stand-in for a stranger says False
    is_anonymous = False

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def has_password(self) -> bool:
        return self.password_hash is not None

    def get_id(self) -> str:
        """What Flask-Login keeps in the signed session cookie."""
        return f"{self.id}:{self.session_key}"


class ApiToken(db.Model):  # type: ignore[name-defined,misc]
    """A key for programs, acting as its owner, as far as its role goes. Its text was shown once; `prefix` is there to
    recognise it."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(8))
    role: Mapped[TokenRole] = mapped_column(String(20), default=TokenRole.OWNER, server_default=TokenRole.OWNER)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship(lazy="joined")

    @property
    def state(self) -> str:
        """`active`, `expired` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        return "active" if self.expires_at > utcnow() else "expired"

    @property
    def reads_only(self) -> bool:
        return self.role == TokenRole.READER

    def acting_user(self) -> User:
        """Its owner with the role that the token has. Where that is a lesser one, it is a copy that no session knows,
        so that the lesser role is never written."""
        owner = self.user
        if self.role != TokenRole.OPERATOR or owner.role != Role.ADMIN:
            return owner
        return User(id=owner.id, email=owner.email, role=Role.OPERATOR, is_active=True, created_at=owner.created_at)


class SignInLink(db.Model):  # type: ignore[name-defined,misc]
    """A link that signs its owner in, once, for a quarter of an hour."""

    __tablename__ = "sign_in_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
