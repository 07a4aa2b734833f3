"""What the addresses of pages are made of."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import IntegerConverter, Map

HIGHEST_ID = 2**31 - 1
"""PostgreSQL's `integer`, which ids are."""


class IdConverter(IntegerConverter):
    """A number that may be an id. There is nothing at an address with a larger one, for which PostgreSQL refuses to
    look, as SQLite does from 2**63 on."""

    def __init__(self, url_map: Map, **options: Any) -> None:
        super().__init__(url_map, **{"max": HIGHEST_ID} | options)
