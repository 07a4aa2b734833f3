"""Accounts and tokens as JSON. Pure."""

from __future__ import annotations

from portal.accounts.models import ApiToken, User
from portal.accounts.shapes import TokenShape, UserShape
from portal.web.filters import iso


def user_shape(user: User) -> UserShape:
    """An account."""
    return {
        "id": user.id,
        "email": user.email,
        "role": user.role,
        "is_active": user.is_active,
        "created_at": iso(user.created_at),
        "last_seen_at": iso(user.last_seen_at) if user.last_seen_at else None,
    }


def token_shape(token: ApiToken) -> TokenShape:
    """A token, without its text."""
    return {
        "id": token.id,
        "email": token.user.email,
        "name": token.name,
        "prefix": token.prefix,
        "role": token.role,
        "state": token.state,
        "created_at": iso(token.created_at),
        "expires_at": iso(token.expires_at),
        "last_used_at": iso(token.last_used_at) if token.last_used_at else None,
    }
