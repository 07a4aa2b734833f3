"""Who may do what. Every view carries one of the marks below; `access` asks for it before the view runs."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from portal.accounts.models import Role, User

View = TypeVar("View", bound=Callable[..., Any])


class Access(StrEnum):
    """The callers that a view is for."""

    PUBLIC = "public"
    READER = "reader"
    WRITER = "writer"
    ADMIN = "admin"


ROLES: dict[Access, frozenset[Role]] = {
    Access.PUBLIC: frozenset(Role),
    Access.READER: frozenset(Role),
    Access.WRITER: frozenset({Role.ADMIN, Role.OPERATOR}),
    Access.ADMIN: frozenset({Role.ADMIN}),
}


def public(view: View) -> View:
    """For everyone, signed in or not."""
    return _mark(view, Access.PUBLIC)


def reader(view: View) -> View:
    """For everyone who is signed in."""
    return _mark(view, Access.READER)


def writer(view: View) -> View:
    """For operators and admins; an auditor is told that they may not."""
    return _mark(view, Access.WRITER)


def admin_only(view: View) -> View:
    """For admins; to everyone else there is nothing at this address."""
    return _mark(view, Access.ADMIN)


def access_of(view: Callable[..., Any] | None) -> Access | None:
    """The mark that `view` carries, None without one."""
    return getattr(view, "access", None)


def can_see(user: User, owner_id: int | None) -> bool:
    """May `user` see what belongs to `owner_id` (None: to nobody)?"""
    return user.role in (Role.ADMIN, Role.AUDITOR) or owner_id == user.id


def can_change(user: User, owner_id: int | None) -> bool:
    """May `user` change what belongs to `owner_id` (None: to nobody)?"""
    return user.role == Role.ADMIN or (user.role == Role.OPERATOR and owner_id == user.id)


def visible_to(user: User, owner: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """`can_see` as a condition for a query whose rows name their owner in the column `owner`."""
    return true() if user.role in (Role.ADMIN, Role.AUDITOR) else owner == user.id


def _mark(view: View, access: Access) -> View:
    if access_of(view) is not None:
        raise TypeError(f"{view.__qualname__} already says who may call it.")
    view.access = access  # type: ignore[attr-defined]  # a function takes any attribute
    return view
