"""Accounts and tokens in JSON. The OpenAPI document is made from these shapes."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from portal.accounts.models import Role, TokenRole


class UserShape(TypedDict):
    """An account."""

    id: int
    email: str
    role: Role
    is_active: bool
    created_at: str
    last_seen_at: str | None


class UserAnswer(TypedDict):
    """One account."""

    data: UserShape


class LinkShape(TypedDict):
    """A link that signs the account in once, within so many minutes."""

    email: str
    url: str
    minutes: int


class LinkAnswer(TypedDict):
    """One sign-in link."""

    data: LinkShape


class TokenShape(TypedDict):
    """A token; `state` is active, expired or revoked. Its text, `token`, is told once: when it is made."""

    id: int
    email: str
    name: str
    prefix: str
    role: TokenRole
    state: str
    created_at: str
    expires_at: str
    last_used_at: str | None
    token: NotRequired[str]


class TokenAnswer(TypedDict):
    """One token."""

    data: TokenShape
