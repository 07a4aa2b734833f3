"""Every page that shows something links to the same thing as JSON."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.accounts.permissions import Access, access_of
from portal.alignment import operations as alignment
from portal.errors import API_PATHS
from portal.web.json_of_pages import PAGES
from tests.api.conftest import FLOW, Library, Program

PARTS = {"dashboard.live", "runs.live", "runs.edit_form", "runs.line", "alignment.edit_form"}
"""Fragments of pages."""

REFUSED = {
    "alignment.edit",
    "datajobs.suggest",
    "datajobs.system_prompt",
    "datajobs.upload",
    "files.rename",
    "files.upload",
    "runs.create",
}
"""Where a form goes: what was refused is shown with its page."""

ELSEWHERE = {"datajobs.answered"}
"""Addresses that lead to a page."""

FILES = {
    "importers.template",
    "importers.sample",
    "runs.failed_rows",
    "files.download",
    "datajobs.original",
    "datajobs.markdown",
}


def test_no_page_was_forgotten(app: Flask) -> None:
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.rule.startswith(API_PATHS)
        and rule.endpoint != "static"
        and access_of(app.view_functions[rule.endpoint]) is not Access.PUBLIC
    }
    assert pages - PARTS - FILES - ELSEWHERE == set(PAGES) - REFUSED


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
    check(sign_in("admin"), page, json)


@pytest.mark.parametrize(
    ("page", "json"),
    [
        ("/jobs/", "/data-jobs"),
        (
            "/jobs/?status=needs_review&search=hand&sort=-name&page=2",
            "/data-jobs?status=needs_review&search=hand&sort_by=name&sort_order=desc&offset=25",
        ),
        ("/jobs/new", "/data-jobs"),
        ("/jobs/{job}?state=open&page=1", "/data-jobs/{job}"),
        ("/jobs/{job}/edit", "/data-jobs/{job}"),
        ("/jobs/{job}/clone", "/data-jobs/{job}"),
        ("/jobs/{job}/timeline?page=1", "/data-jobs/{job}"),
        ("/jobs/{job}/files/add", "/files"),
        ("/jobs/{job}/files/{file}", "/data-jobs/{job}/files/{file}"),
        ("/files/", "/files?converted=no"),
        (
            "/files/?kind=txt&used=yes&converted=all&sort=filename&page=1",
            "/files?converted=all&kind=txt&used=yes&sort_by=filename&sort_order=asc&offset=0",
        ),
        ("/files/{file}", "/files/{file}"),
        ("/files/delete?file_id={file}", "/files"),
        ("/alignments/?page=2", "/alignment?offset=25"),
        ("/alignments/new", "/files"),
        ("/alignments/{alignment}", "/alignment/{alignment}"),
        ("/alignments/{alignment}/timeline", "/alignment/{alignment}"),
        ("/alignments/{alignment}/pairs?search=leave&page=1", "/alignment/{alignment}/pairs?search=leave&offset=0"),
    ],
)
def test_a_page_of_documents_leads_to_its_json(
    sign_in, operator: Program, library: Library, page: str, json: str
) -> None:
    with library() as lab:
        file_id = lab.file("notes.txt")
        markdown = lab.file("notes.md")
        started = alignment.generate([markdown], actor=lab.user, instructions="For all.", system_prompt="Be kind.")
        ids = {"file": file_id, "job": lab.job(file_id), "alignment": started.public_id}
    check(sign_in(operator.person), page.format(**ids), FLOW + json.format(**ids))


def check(browser: FlaskClient, page: str, json: str) -> None:
    """The page names the address of its JSON, and shows it; there it is."""
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
