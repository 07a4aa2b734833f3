"""Lists in pages, and lists of which a part is asked for: what is asked and what is answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlencode

from flask import request
from pydantic import Field
from typing_extensions import TypedDict

from portal.api.parsing import Input
from portal.web.paging import MAX_PER_PAGE, PER_PAGE, Page, Part

Item = TypeVar("Item")
Shape = TypeVar("Shape")

HIGHEST_PAGE = 10_000_000
HIGHEST_OFFSET = HIGHEST_PAGE * MAX_PER_PAGE


class PageQuery(Input):
    """Which part of a list."""

    page: int = Field(1, ge=1, le=HIGHEST_PAGE, description="From 1. A page beyond the last one is empty.")
    per_page: int = Field(PER_PAGE, ge=1, le=MAX_PER_PAGE, description="Entries on a page.")


class PartQuery(Input):
    """Which part of a list, as the public client of `/v1/flow` asks."""

    limit: int = Field(PER_PAGE, ge=1, le=MAX_PER_PAGE, description="So many entries at most.")
    offset: int = Field(0, ge=0, le=HIGHEST_OFFSET, description="So many of the first entries are left out.")


class Links(TypedDict):
    """Addresses of parts of the same list; null where there is no such part."""

    self: str
    first: str
    prev: str | None
    next: str | None
    last: str


class Meta(TypedDict):
    """Where this part is in the whole."""

    page: int
    per_page: int
    total: int
    pages: int


class Listed(TypedDict, Generic[Shape]):
    """One page of a list."""

    data: list[Shape]
    links: Links
    meta: Meta


class ListedPart(TypedDict, Generic[Shape]):
    """Part of a list; `total` counts all of it."""

    object: Literal["list"]
    data: list[Shape]
    total: int


def listed(page: Page[Item], shape: Callable[[Item], Any]) -> dict[str, Any]:
    """The answer for one page: `Listed` of what `shape` makes of each entry."""
    return {
        "data": [shape(item) for item in page.items],
        "links": {
            "self": _url(page.page),
            "first": _url(1),
            "prev": _url(min(page.page - 1, page.pages)) if page.has_prev else None,
            "next": _url(page.page + 1) if page.has_next else None,
            "last": _url(page.pages),
        },
        "meta": {"page": page.page, "per_page": page.per_page, "total": page.total, "pages": page.pages},
    }


def listed_part(part: Part[Item], shape: Callable[[Item], Any]) -> dict[str, Any]:
    """The answer for one part: `ListedPart` of what `shape` makes of each entry."""
    return {"object": "list", "data": [shape(item) for item in part.items], "total": part.total}


def _url(page: int) -> str:
    return f"{request.script_root}{request.path}?{urlencode({**request.args.to_dict(), 'page': page})}"
