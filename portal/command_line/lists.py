"""Lists as the JSON API answers them, without a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app

from portal.api.lists import listed
from portal.client import Answer
from portal.web.paging import Page

Item = TypeVar("Item")


def listed_here(page: Page[Item], shape: Callable[[Item], Any], address: str, **chosen: str | None) -> Answer:
    """What the API answers at `address` where `chosen` stands in the query, links to the other pages included. Within
    the app."""
    query = {name: value for name, value in {**chosen, "page": page.page}.items() if value}
    with current_app.test_request_context(address, query_string=query):
        return listed(page, shape)
