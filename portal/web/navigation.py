"""The pages in the header, and what else every page shows there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for
from flask_login import current_user

from portal import __version__
from portal.extensions import huey
from portal.web.json_of_pages import json_address
from portal.workers.presence import workers_seen


@dataclass(frozen=True)
class Entry:
    """One page in the header."""

    label: str
    url: str
    active: bool


PAGES = (
    ("Dashboard", "dashboard.dashboard"),
    ("Runs", "runs.runs"),
    ("Data jobs", "datajobs.jobs"),
    ("Files", "files.index"),
    ("Importers", "importers.index"),
    ("Webhooks", "webhooks.index"),
    ("Tokens", "accounts.tokens"),
)
ADMIN_PAGES = (("Users", "accounts.users"),)
WITHIN = {"alignment": "datajobs"}
"""Pages that are reached from those of another section."""


def init_app(app: Flask) -> None:
    """Give every template `nav`, `app_version`, `system_status` and `json_address`."""
    app.context_processor(_shown_everywhere)


def _shown_everywhere() -> dict[str, Any]:
    return {
        "nav": _entries(),
        "app_version": __version__,
        "system_status": system_status,
        "json_address": json_address,
    }


@dataclass(frozen=True)
class SystemStatus:
    """How many workers were seen in the last minute, and how many tasks wait for one (None: nobody knows)."""

    workers: int
    waiting: int | None


def system_status() -> SystemStatus:
    """For the header of a whole page; fragments don't ask."""
    return SystemStatus(len(workers_seen()), huey.waiting())


def _entries() -> list[Entry]:
    if not current_user or not current_user.is_authenticated:
        return []
    pages = PAGES + (ADMIN_PAGES if current_user.is_admin else ())
    return [_entry(label, endpoint) for label, endpoint in pages]


def _entry(label: str, endpoint: str) -> Entry:
    here = request.endpoint or ""
    own = endpoint.partition(".")[0]
    section = here.partition(".")[0]
    same_section = WITHIN.get(section, section) == own
    active = here == endpoint if own == "accounts" else same_section
    return Entry(label, url_for(endpoint), active)
