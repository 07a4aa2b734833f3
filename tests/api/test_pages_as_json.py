"""Every page that shows something links to the same thing as JSON."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from portal.accounts.permissions import Access, access_of
from portal.web.json_of_pages import PAGES
from tests.api.conftest import Program

PARTS = {"dashboard.live", "runs.live", "runs.edit_form", "runs.line"}
"""Fragments of pages."""

FILES = {"importers.template", "importers.sample", "runs.failed_rows"}


def test_no_page_was_forgotten(app: Flask) -> None:
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.rule.startswith("/api/")
        and rule.endpoint != "static"
        and access_of(app.view_functions[rule.endpoint]) is not Access.PUBLIC
    }
    assert pages - PARTS - FILES == set(PAGES) - {"runs.create"}


@pytest.mark.parametrize(
    ("page", "json"),
    [
        ("/", "/api/v1/overview"),
        ("/runs/?status=failed&importer=goods&page=1", "/api/v1/ingest/?status=failed&importer=goods&page=1"),
        ("/runs/?page=x", "/api/v1/ingest/?page=1"),
        ("/runs/1", "/api/v1/ingest/1?include=rows,timeline"),
        ("/runs/1/timeline", "/api/v1/ingest/1/timeline"),
        ("/runs/1/groups/price.type", "/api/v1/ingest/1/rows?error=price.type"),
        ("/runs/1/rows/2", "/api/v1/ingest/1/rows/2"),
        ("/runs/new", "/api/v1/ingest/importers"),
        ("/importers/", "/api/v1/ingest/importers"),
        ("/importers/goods", "/api/v1/ingest/importers/goods"),
        ("/account", "/api/v1/account"),
        ("/tokens", "/api/v1/tokens"),
        ("/users", "/api/v1/users"),
        ("/users/1", "/api/v1/users/1"),
        ("/webhooks/", "/api/v1/webhooks/"),
        ("/api-reference", "/api/openapi.json"),
    ],
)
def test_a_page_leads_to_its_json(sign_in, operator: Program, page: str, json: str) -> None:
    operator.imported()
    browser = sign_in("admin")
    shown = browser.get(page)
    assert shown.status_code == 200
    [address] = re.findall(r'<link rel="alternate" type="application/json" href="([^"]+)"', shown.text)
    assert unescape(address).replace("%2C", ",").removesuffix("&page=1") == json.removesuffix("&page=1")
    assert f'<a href="{address}">This page as JSON</a>' in shown.text
    answer = browser.get(unescape(address))
    assert (answer.status_code, answer.mimetype) == (200, "application/json")


def test_pages_of_errors_have_none(sign_in) -> None:
    assert "This page as JSON" not in sign_in().get("/runs/999").text
    assert "This page as JSON" not in sign_in("auditor").get("/nothing").text
