"""Where a page's own JSON is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import g, request, url_for

from portal.web.requests import page_number

Target = tuple[str, dict[str, Any]]


def _same(endpoint: str, *kept: str, **added: Any) -> Callable[[Mapping[str, Any]], Target]:
    """`endpoint` for the same thing: with the page's own arguments, with what its address says of `kept`."""

    def target(arguments: Mapping[str, Any]) -> Target:
        asked = {name: request.args[name] for name in kept if request.args.get(name)}
        return endpoint, {**arguments, **asked, **_page(), **added}

    return target


def _rows_of_group(arguments: Mapping[str, Any]) -> Target:
    return "runs_api.rows", {"run_id": arguments["run_id"], "error": arguments["key"]} | _page()


def _page() -> dict[str, int]:
    return {"page": page_number()} if "page" in request.args else {}


PAGES: dict[str, Callable[[Mapping[str, Any]], Target]] = {
    "dashboard.dashboard": _same("overview_api.overview"),
    "runs.runs": _same("runs_api.runs", "status", "importer"),
    "runs.new": _same("runs_api.all_importers"),
    "runs.create": _same("runs_api.all_importers"),
    "runs.run": _same("runs_api.run", include="rows,timeline"),
    "runs.history": _same("runs_api.run_timeline"),
    "runs.group": _rows_of_group,
    "runs.row": _same("runs_api.row"),
    "importers.index": _same("runs_api.all_importers"),
    "importers.importer": _same("runs_api.importer"),
    "accounts.account": _same("accounts_api.account"),
    "accounts.users": _same("accounts_api.users"),
    "accounts.new_user": _same("accounts_api.users"),
    "accounts.user": _same("accounts_api.user"),
    "accounts.tokens": _same("accounts_api.tokens"),
    "webhooks.index": _same("webhooks_api.webhooks"),
    "webhooks.new": _same("webhooks_api.webhooks"),
    "webhooks.webhook": _same("webhooks_api.webhook"),
    "webhooks.edit": _same("webhooks_api.webhook"),
    "webhooks.secret": _same("webhooks_api.webhook"),
    "webhooks.delivery": _same("webhooks_api.delivery"),
    "api.reference": _same("api.document"),
}
"""For each page: its endpoint in the API, and what that is to be asked."""


def json_address() -> str | None:
    """The address of the JSON of the page that is being made; None where it has none, as a page of an error."""
    find = PAGES.get(request.endpoint or "")
    if find is None or g.get("is_refused", False):
        return None
    endpoint, values = find(request.view_args or {})
    return url_for(endpoint, **values)
