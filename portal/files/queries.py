"""Every question that is asked about files."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from portal.accounts.models import User
from portal.accounts.permissions import can_change, visible_to
from portal.extensions import db
from portal.files.models import StoredFile
from portal.files.uses import is_used
from portal.web.paging import PER_PAGE, Page, Part, paginate, part

NEWEST = "-created_at"
"""How files are sorted unless asked otherwise."""

UNKNOWN = "unknown"
"""What a filter calls files whose type wasn't recognised."""

SORTS: Mapping[str, InstrumentedAttribute[Any]] = {
    "created_at": StoredFile.created_at,
    "filename": StoredFile.name,
    "type": StoredFile.kind,
    "size": StoredFile.size,
}
"""What can be sorted by."""


@dataclass(frozen=True)
class Narrowing:
    """Which files of the library are wanted; what is empty narrows nothing.

    `search` is looked for in names; `used` is `yes` or `no`; `converted` is `no` (the default: what a conversion gave
    is left out), `yes` (that alone) or `all`.
    """

    search: str = ""
    kind: str = ""
    purpose: str = ""
    owner_id: int | None = None
    used: str = ""
    converted: str = "no"


@dataclass(frozen=True)
class Relatives:
    """What a file was made from, and what was made from it, as far as the person may see it."""

    origin: StoredFile | None
    results: list[StoredFile]


def own_file(file_id: str, user_id: int) -> StoredFile | None:
    """The file, if it belongs to the user."""
    query = select(StoredFile).where(StoredFile.id == file_id, StoredFile.user_id == user_id)
    return db.session.scalars(query).one_or_none()


def visible_file(user: User, file_id: str) -> StoredFile | None:
    """The file of the library with its owner, as it is now, if `user` may see it."""
    query = _library(user).where(StoredFile.id == file_id).execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def changeable_files(user: User, file_ids: Collection[str]) -> Sequence[StoredFile]:
    """Those of the files that `user` may change, by name."""
    found = db.session.scalars(_library(user).where(StoredFile.id.in_(file_ids)).order_by(StoredFile.name))
    return [file for file in found if can_change(user, file.user_id)]


def files_page(
    user: User,
    narrowing: Narrowing,
    *,
    sort: str = NEWEST,
    page: int = 1,
    per_page: int = PER_PAGE,
    beyond: bool = False,
) -> Page[StoredFile]:
    """The files of the library that `user` may see, with their owners; two queries. `beyond` as in `paginate`."""
    return paginate(db.session, files_of(user, narrowing, sort=sort), page, per_page, beyond=beyond)


def files_of(user: User, narrowing: Narrowing, *, sort: str = NEWEST) -> Select[StoredFile]:
    """The same as a query. `sort` is one of `SORTS`, with `-` before it for backwards; any other counts as `NEWEST`."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        name, sort = "created_at", NEWEST
    return _sorted(_library(user).where(*_conditions(narrowing)), name, ascending=not sort.startswith("-"))


def files_part(
    user: User, narrowing: Narrowing, *, sort: str = "created_at", ascending: bool = False, limit: int, offset: int
) -> Part[StoredFile]:
    """The same by offset, for programs; two queries. `sort` is one of `SORTS`."""
    query = _library(user).where(*_conditions(narrowing))
    return part(db.session, _sorted(query, sort, ascending=ascending), limit, offset)


def relatives_of(user: User, files: Sequence[StoredFile]) -> dict[str, Relatives]:
    """By id, what each of the files was made from and became; one query."""
    ids = [file.id for file in files]
    origins = [file.origin_file_id for file in files if file.origin_file_id]
    query = _library(user).where(or_(StoredFile.origin_file_id.in_(ids), StoredFile.id.in_(origins)))
    found = db.session.scalars(query.order_by(StoredFile.created_at)).all() if files else []
    by_id = {file.id: file for file in found}
    return {
        file.id: Relatives(
            by_id.get(file.origin_file_id or ""), [result for result in found if result.origin_file_id == file.id]
        )
        for file in files
    }


def made_from(file_ids: Collection[str]) -> list[str]:
    """The ids of what was made from these files, whoever it belongs to."""
    return list(db.session.scalars(select(StoredFile.id).where(StoredFile.origin_file_id.in_(file_ids))))


def same_contents(user_id: int, sha256: str) -> StoredFile | None:
    """The oldest file with these contents that the user has in the library."""
    query = select(StoredFile).where(StoredFile.sha256 == sha256, StoredFile.user_id == user_id)
    query = query.where(StoredFile.purpose.is_not(None)).order_by(StoredFile.created_at).limit(1)
    return db.session.scalars(query).first()


def owners() -> Sequence[User]:
    """Whose files the library has, by address."""
    have = select(StoredFile.user_id).where(StoredFile.purpose.is_not(None))
    return db.session.scalars(select(User).where(User.id.in_(have)).order_by(User.email)).all()


def _sorted(query: Select[StoredFile], sort: str, *, ascending: bool) -> Select[StoredFile]:
    column = SORTS[sort]
    # Files that are alike always come in the same order, so that none is on two pages.
    return query.order_by(column.asc() if ascending else column.desc(), StoredFile.id)


def _library(user: User) -> Select[StoredFile]:
    query = select(StoredFile).where(StoredFile.purpose.is_not(None), visible_to(user, StoredFile.user_id))
    return query.options(joinedload(StoredFile.user))


def _conditions(narrowing: Narrowing) -> list[ColumnElement[bool]]:
    used, is_result = is_used(StoredFile.id), StoredFile.origin_file_id.is_not(None)
    choices: dict[str, dict[str, ColumnElement[bool]]] = {
        "used": {"yes": used, "no": ~used},
        "converted": {"yes": is_result, "no": ~is_result},
    }
    chosen = [options.get(getattr(narrowing, name)) for name, options in choices.items()]
    set_ = [
        (narrowing.search, StoredFile.name.icontains(narrowing.search, autoescape=True)),
        (narrowing.kind, _of_kind(narrowing.kind)),
        (narrowing.purpose, StoredFile.purpose == narrowing.purpose),
        (narrowing.owner_id, StoredFile.user_id == narrowing.owner_id),
    ]
    return [condition for condition in chosen if condition is not None] + [
        condition for value, condition in set_ if value
    ]


def _of_kind(kind: str) -> ColumnElement[bool]:
    return StoredFile.kind.is_(None) if kind == UNKNOWN else StoredFile.kind == kind
