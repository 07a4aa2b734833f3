"""Where a page's own JSON is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import g, request, url_for

from portal.web.paging import PER_PAGE
from portal.web.requests import page_number

Target = tuple[str, dict[str, Any]]


def _same(endpoint: str, *kept: str, **added: Any) -> Callable[[Mapping[str, Any]], Target]:
    """`endpoint` for the same thing: with the page's own arguments, with what its address says of `kept`."""

    def target(arguments: Mapping[str, Any]) -> Target:
        return endpoint, {**arguments, **_asked(*kept), **_page(), **added}

    return target


def _alone(endpoint: str) -> Callable[[Mapping[str, Any]], Target]:
    """`endpoint` for the same thing, whatever part of it the page shows."""
    return lambda arguments: (endpoint, dict(arguments))


def _data_jobs(_arguments: Mapping[str, Any]) -> Target:
    return "datajobs_api.jobs", _asked("status", "job_type", "search") | _order() | _offset()


def _pairs(arguments: Mapping[str, Any]) -> Target:
    asked = _asked("search", "kind", "state", "document")
    return "alignment_api.pairs", {"alignment_id": arguments["alignment_id"]} | asked | _offset()


def _files(_arguments: Mapping[str, Any]) -> Target:
    filters = {"converted": "no"} | _asked("search", "kind", "purpose", "owner", "used", "converted")
    return "files_api.files", filters | _order() | _offset()


def _asked(*names: str) -> dict[str, str]:
    """What the page's address says of these."""
    return {name: request.args[name] for name in names if request.args.get(name)}


def _order() -> dict[str, str]:
    """Pages say `sort=-name` for backwards."""
    asked = request.args.get("sort", "")
    order = {"sort_by": asked.removeprefix("-"), "sort_order": "desc" if asked.startswith("-") else "asc"}
    return order if asked else {}


def _offset() -> dict[str, int]:
    return {"offset": (page_number() - 1) * PER_PAGE} if "page" in request.args else {}


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
    "datajobs.jobs": _data_jobs,
    "datajobs.new": _alone("datajobs_api.jobs"),
    "datajobs.job": _alone("datajobs_api.job"),
    "datajobs.upload": _alone("datajobs_api.job"),
    "datajobs.system_prompt": _alone("datajobs_api.job"),
    "datajobs.edit": _alone("datajobs_api.job"),
    "datajobs.clone": _alone("datajobs_api.job"),
    "datajobs.history": _alone("datajobs_api.job"),
    "datajobs.add": lambda _arguments: ("files_api.files", {}),
    "datajobs.file": _alone("datajobs_api.file"),
    "datajobs.suggest": _alone("datajobs_api.job"),
    "alignment.alignments": lambda _arguments: ("alignment_api.alignments", _offset()),
    "alignment.new": lambda _arguments: ("files_api.files", {}),
    "alignment.alignment": _alone("alignment_api.alignment"),
    "alignment.history": _alone("alignment_api.alignment"),
    "alignment.pairs": _pairs,
    "alignment.pair": _pairs,
    "alignment.edit": _pairs,
    "files.index": _files,
    "files.upload": _files,
    "files.file": _alone("files_api.file"),
    "files.rename": _alone("files_api.file"),
    "files.confirm_delete": _alone("files_api.files"),
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
