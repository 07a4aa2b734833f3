"""Pages of a list: which part of it is shown, and the addresses of its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select

from portal.database import AnySession

Item = TypeVar("Item")

PER_PAGE = 25
MAX_PER_PAGE = 100


@dataclass(frozen=True)
class Page(Generic[Item]):
    """`items` are those of page `page` (from 1) of a list of `total`, `per_page` on each page."""

    items: Sequence[Item]
    page: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        return max((self.total + self.per_page - 1) // self.per_page, 1)

    @property
    def has_prev(self) -> bool:
        return self.page > 1

    @property
    def has_next(self) -> bool:
        return self.page < self.pages

    @property
    def first_row(self) -> int:
        return min((self.page - 1) * self.per_page + 1, self.total)

    @property
    def last_row(self) -> int:
        return min(self.page * self.per_page, self.total)

    @property
    def prev_url(self) -> str:
        return self._url(self.page - 1)

    @property
    def next_url(self) -> str:
        return self._url(self.page + 1)

    def replaced(self, items: Sequence[Any]) -> Page[Any]:
        """The same page of other items, as where more is known of each."""
        return replace(self, items=items)

    def _url(self, page: int) -> str:
        # Not by url_for: names such as `_scheme` in the address would be taken for its own.
        values = {**request.args.to_dict(), "page": page}
        return f"{request.script_root}{request.path}?{urlencode(values)}"


def paginate(
    session: AnySession,
    query: Select[Any],
    page: int,
    per_page: int = PER_PAGE,
    total: int | None = None,
    *,
    beyond: bool = False,
) -> Page[Any]:
    """Page `page` of the entities of `query`; two queries, or one where `total` is known already.

    A page beyond the last one gives the last one to people; with `beyond` it is empty, so that a program that asks for
    one page after the other comes to an end.
    """
    per_page = min(max(per_page, 1), MAX_PER_PAGE)
    if total is None:
        total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    page = max(page, 1) if beyond else min(max(page, 1), max((total + per_page - 1) // per_page, 1))
    items = session.scalars(query.limit(per_page).offset((page - 1) * per_page)).all()
    return Page(items, page, per_page, total)


@dataclass(frozen=True)
class Part(Generic[Item]):
    """`items` are some of a list of `total`."""

    items: Sequence[Item]
    total: int


def part(session: AnySession, query: Select[Any], limit: int, offset: int) -> Part[Any]:
    """At most `limit` of the entities of `query`, without the first `offset`; two queries."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return Part(session.scalars(query.limit(limit).offset(offset)).all(), total)
