"""Signing in: by password or by a one-time link, and signing out everywhere."""

from __future__ import annotations

import logging
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import OperationalError

from portal.accounts.models import ApiToken, SignInLink, User, new_session_key
from portal.accounts.operations.passwords import matches
from portal.accounts.operations.secrets import hash_secret, new_secret
from portal.database import utcnow, writing
from portal.errors import NotFound, PortalError, WrongState
from portal.extensions import db
from portal.timeline import record

LINK_MINUTES = 15
SEEN_EVERY = timedelta(minutes=1)
log = logging.getLogger(__name__)


class LinkSpent(PortalError):
    """A one-time link that no longer signs anyone in."""

    status = HTTPStatus.GONE

    def __init__(self) -> None:
        super().__init__(
            "This sign-in link has been used or has expired.",
            fix="Ask an administrator for a new one, or run on the server: portal users link EMAIL",
        )


def sign_in_with_password(email: str, password: str) -> User | None:
    """The account, if the password is right and the account active. Takes as long for an unknown address."""
    user: User | None = db.session.scalar(select(User).where(User.email == email.strip().lower()))
    if not matches(user.password_hash if user else None, password) or user is None or not user.is_active:
        log.warning("Sign-in refused for %r", email[:254])
        return None
    with writing(db.session):
        _record_sign_in(user, "Signed in with the password.")
    return user


def create_sign_in_link(user_id: int, *, actor: Any) -> str:
    """A new secret for `/sign-in/link/<secret>`: signs the account in once, within LINK_MINUTES.

    Raises NotFound, and WrongState for a deactivated account.
    """
    secret = new_secret()
    with writing(db.session):
        user = db.session.get(User, user_id)
        if user is None:
            raise NotFound("There is no such account.")
        if not user.is_active:
            raise WrongState(f"The account {user.email} is deactivated.", fix="Reactivate it first.")
        now = utcnow()
        db.session.execute(delete(SignInLink).where(SignInLink.user_id == user_id, SignInLink.expires_at < now))
        expires_at = now + timedelta(minutes=LINK_MINUTES)
        db.session.add(SignInLink(user_id=user_id, token_hash=hash_secret(secret), expires_at=expires_at))
        record(db.session, "user", user_id, "Link Created", "A sign-in link was created.", actor=actor)
    return secret


def use_sign_in_link(secret: str) -> User:
    """The account that the link is for; the link is used up. Raises LinkSpent.

    One conditional UPDATE: of two clicks at the same time one finds no row left.
    """
    now = utcnow()
    spend = (
        update(SignInLink)
        .where(
            SignInLink.token_hash == hash_secret(secret),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(SignInLink.user_id)
    )
    with writing(db.session):
        user_id = db.session.scalar(spend)
        user = db.session.get(User, user_id) if user_id is not None else None
        if user is None or not user.is_active:
            raise LinkSpent
        _record_sign_in(user, "Signed in with a one-time link.")
    return user


def sign_out_everywhere(user_id: int, *, actor: Any) -> User:
    """End the account's sessions in every browser."""
    with writing(db.session):
        user = db.session.get_one(User, user_id)
        user.session_key = new_session_key()
        record(db.session, "user", user_id, "Signed Out", "Signed out in every browser.", actor=actor)
    return user


def note_seen(user: User) -> None:
    """Keep when the account was last seen, at most once a minute."""
    note_time(User, User.last_seen_at, user.id, user.last_seen_at)


def note_time(model: type[User] | type[ApiToken], column: Any, row_id: int, last: Any) -> None:
    """Set `column` to now unless it was set within the last minute.

    It is only good to know: a database that is busy or full mustn't keep anyone from reading.
    """
    now = utcnow()
    if last is not None and last > now - SEEN_EVERY:
        return
    stale = or_(column.is_(None), column <= now - SEEN_EVERY)
    try:
        with writing(db.session):
            db.session.execute(update(model).where(model.id == row_id, stale).values({column: now}))
    except OperationalError:
        log.warning("The time of use of %s %d couldn't be kept", model.__tablename__, row_id, exc_info=True)


def _record_sign_in(user: User, message: str) -> None:
    user.last_seen_at = utcnow()
    record(db.session, "user", user.id, "Signed In", message, actor=user)
