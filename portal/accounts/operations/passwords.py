"""Passwords: what a good one is, how it is kept and compared."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import current_app
from werkzeug.security import check_password_hash, generate_password_hash

from portal.accounts.models import User, new_session_key
from portal.database import writing
from portal.errors import BadInput
from portal.extensions import db
from portal.timeline import record

SHORTEST = 10
LONGEST = 1000


def change_password(user_id: int, new: str, *, current: str | None, actor: Any) -> User:
    """Give the account a new password; every other browser is signed out.

    `current` is the password it has now, and may be None only where it has none.
    Raises BadInput with the fields `current` and `new`.
    """
    user = db.session.get_one(User, user_id)
    if user.password_hash and not matches(user.password_hash, current or ""):
        raise BadInput("The current password is wrong.", errors={"current": ["This isn't your password."]})
    return set_password(user_id, new, actor=actor)


def set_password(user_id: int, new: str, *, actor: Any) -> User:
    """The same without the current password, for a person who has just proved in another way who they are.

    Raises BadInput with the field `new`.
    """
    hashed = hash_password(new, db.session.get_one(User, user_id).email)
    with writing(db.session):
        user = db.session.get_one(User, user_id, with_for_update=True)
        user.password_hash = hashed
        user.session_key = new_session_key()
        record(db.session, "user", user_id, "Password Changed", "The password was changed.", actor=actor)
    return user


def hash_password(password: str, email: str, *, field: str = "new") -> str:
    """The salted scrypt hash of a good password. Raises BadInput, naming `field`, for another."""
    fault = _fault(password, email)
    if fault:
        raise BadInput(fault, errors={field: [fault]})
    return generate_password_hash(password, method=_method())


def matches(password_hash: str | None, password: str) -> bool:
    """Is `password` right? As slow without a hash as with one, so that the time it takes tells nothing."""
    right = check_password_hash(password_hash or _nobodys_hash(_method()), password[:LONGEST])
    return right and password_hash is not None and len(password) <= LONGEST


def _fault(password: str, email: str) -> str | None:
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"Use at most {LONGEST:,} characters."
    if password.strip().lower() == email:
        return "Use something other than your email address."
    return None


def _method() -> str:
    method: str = current_app.config["PORTAL"].hash_method
    return method


@cache
def _nobodys_hash(method: str) -> str:
    return generate_password_hash("nobody has this password", method=method)
