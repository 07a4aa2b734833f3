"""What a request asks for."""

from __future__ import annotations

from flask import request

from portal.extensions import htmx


def wants_fragment() -> bool:
    """True when HTMX asks for a part of a page.

    A history restore also carries HX-Request but needs the whole page (https://htmx.org/docs/#history), and a
    boosted link replaces the whole body.
    """
    return bool(htmx) and not htmx.history_restore_request and not htmx.boosted


def page_number() -> int:
    """The `page` of the address, at least 1."""
    return max(request.args.get("page", 1, type=int) or 1, 1)
