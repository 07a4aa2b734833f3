"""API tokens: made, checked, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from portal.accounts.models import ApiToken, TokenRole, User
from portal.accounts.operations.secrets import hash_secret, new_secret
from portal.accounts.operations.signing_in import note_time
from portal.database import utcnow, writing
from portal.errors import BadInput, NotFound, WrongState
from portal.extensions import db
from portal.timeline import record

PREFIX = "ptl_"
DEFAULT_TOKEN_DAYS = 90
LONGEST_TOKEN_DAYS = 365
DEFAULT_NAME = "API token"


def create_token(
    user_id: int,
    *,
    name: str = DEFAULT_NAME,
    days: int = DEFAULT_TOKEN_DAYS,
    role: TokenRole | str = TokenRole.OWNER,
    actor: Any,
) -> tuple[ApiToken, str]:
    """A new token for the account, and its text, which is kept nowhere: show it once.

    Raises NotFound, WrongState for a deactivated account, BadInput with the fields `name`, `days`, `role`.
    """
    name = _checked_name(name)
    _check_days(days)
    role = _checked_role(role)
    text = PREFIX + new_secret()
    with writing(db.session):
        _require_active(user_id)
        token = ApiToken(
            user_id=user_id,
            name=name,
            token_hash=hash_secret(text),
            prefix=text[:8],
            role=role,
            expires_at=utcnow() + timedelta(days=days),
        )
        db.session.add(token)
        db.session.flush()
        record(db.session, "token", token.id, "Created", f"The token “{name}” was created.", actor=actor)
    return token, text


def revoke_token(token_id: int, *, actor: Any) -> ApiToken:
    """End a token for good. Raises NotFound, and WrongState where it was revoked before."""
    now = utcnow()
    with writing(db.session):
        token = db.session.get(ApiToken, token_id)
        if token is None:
            raise NotFound("There is no such token.")
        free = update(ApiToken).where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
        if db.session.scalar(free.values(revoked_at=now).returning(ApiToken.id)) is None:
            raise WrongState(f"The token “{token.name}” was revoked before.")
        record(db.session, "token", token_id, "Revoked", f"The token “{token.name}” was revoked.", actor=actor)
    return token


def authenticate_token(text: str) -> ApiToken | None:
    """The token that reads so; None for one that is unknown, expired or revoked, or whose account is deactivated."""
    token: ApiToken | None = db.session.scalar(select(ApiToken).where(ApiToken.token_hash == hash_secret(text)))
    if token is None or token.state != "active" or not token.user.is_active:
        return None
    note_time(ApiToken, ApiToken.last_used_at, token.id, token.last_used_at)
    return token


def _require_active(user_id: int) -> None:
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such account.")
    if not user.is_active:
        raise WrongState(f"The account {user.email} is deactivated.", fix="Reactivate it first.")


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > ApiToken.name.type.length:
        raise BadInput(
            "A token needs a name of at most 100 characters.",
            errors={"name": ["Enter a name of at most 100 characters."]},
        )
    return name


def _checked_role(role: TokenRole | str) -> TokenRole:
    try:
        return TokenRole(role)
    except ValueError:
        choices = f"Choose one of {', '.join(TokenRole)}."
        raise BadInput(f"A token can't have the role {role!r}.", errors={"role": [choices]}) from None


def _check_days(days: int) -> None:
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise BadInput(
            f"A token lasts from 1 to {LONGEST_TOKEN_DAYS} days.",
            errors={"days": [f"Enter a whole number from 1 to {LONGEST_TOKEN_DAYS}."]},
        )
