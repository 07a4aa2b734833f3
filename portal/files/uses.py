"""Where files are in use. Who uses files says so here (`register`), so that files needn't know of their users."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app
from sqlalchemy import ColumnElement, SelectBase, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from portal.accounts.models import User
from portal.accounts.permissions import can_see


@dataclass(frozen=True)
class Use:
    """One thing that uses a file: what it is in words ("Data job"), its name, and the page to go to (without one it may
    not be named); `owner_id` is whose it is, None where everyone may know of it who sees the file."""

    what: str
    name: str
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)
    owner_id: int | None = None

    @property
    def words(self) -> str:
        if self.endpoint:
            return f"{self.what} “{self.name}”"
        return f"{'an' if self.what[0] in 'AEIOU' else 'a'} {self.what.lower()} of someone else"


Finder = Callable[[Collection[str]], Iterable[tuple[str, Use]]]
"""Says which of the files with the given ids are used by what. One query, or a fixed number of them."""


LetGo = Callable[[Collection[str]], None]
"""Has no reference to the files with the given ids left, in the running transaction, in which they are deleted."""


@dataclass(frozen=True)
class Domain:
    """One that uses files: how it is asked for uses, and a query of the ids of all files that it uses.

    It may refer to files without using them: `let_go` ends that where one is deleted. `kept_ids` is a query of those
    that stay until a person deletes them, though nothing uses them any more.
    """

    finder: Finder
    used_ids: SelectBase
    kept_ids: SelectBase | None = None
    let_go: LetGo | None = None


def init_uses(app: Flask) -> None:
    """Nothing uses any file of `app` yet."""
    app.extensions["file_uses"] = []


def register(
    app: Flask,
    finder: Finder,
    used_ids: SelectBase,
    *,
    kept_ids: SelectBase | None = None,
    let_go: LetGo | None = None,
) -> None:
    """Have one more `Domain` asked. Neither `used_ids` nor `kept_ids` has a NULL among its ids."""
    app.extensions["file_uses"].append(Domain(finder, used_ids, kept_ids, let_go))


def uses_of(file_ids: Collection[str]) -> dict[str, list[Use]]:
    """For each of the files what uses it."""
    found: dict[str, list[Use]] = {file_id: [] for file_id in file_ids}
    for domain in _domains() if file_ids else ():
        for file_id, use in domain.finder(file_ids):
            found[file_id].append(use)
    return found


def shown_uses(user: User, file_ids: Collection[str]) -> dict[str, list[Use]]:
    """The same as far as `user` may know it: of what they may not see, only that it is there."""
    return {file_id: [_shown(use, user) for use in uses] for file_id, uses in uses_of(file_ids).items()}


def is_used(file_id: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether anything uses the file with the id in that column, as a condition for a query."""
    return or_(false(), *(file_id.in_(domain.used_ids) for domain in _domains()))


def is_kept(file_id: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Whether the file with the id in that column stays though nothing uses it, as a condition for a query."""
    return or_(false(), *(file_id.in_(domain.kept_ids) for domain in _domains() if domain.kept_ids is not None))


def let_go(file_ids: Collection[str]) -> None:
    """End all references to files that are being deleted."""
    for domain in _domains():
        if domain.let_go:
            domain.let_go(file_ids)


def _shown(use: Use, user: User) -> Use:
    is_seen = use.owner_id is None or can_see(user, use.owner_id)
    return use if is_seen else Use(use.what, "", "")


def _domains() -> list[Domain]:
    domains: list[Domain] = current_app.extensions["file_uses"]
    return domains
