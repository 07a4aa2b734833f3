"""Files that can't be taken: the reader is told beside the field, keeps what was chosen, and nothing is left behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.actions import run_number, slow_line
from tests.e2e.conftest import Visit, WebAlone
from tests.support.running import RunningPortal, until


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit("operator", email="clumsy@example.com")


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    path = tmp_path / "large.csv"
    path.write_bytes(b"sku,name\n" + b"A,Apple\n" * 1_500_000)
    return path


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "The file is empty. Check that the export finished"),
        ("sku,name,price\n", "The file has a header line but no rows below it."),
        ("colour,price\nred,1\n", "The file has no columns sku, name, which this importer needs."),
        ("sku,nmae\nA,Apple\n", "Rename the header: “nmae” looks like name."),
        ("%PDF-1.7\n", "This is a PDF document, not a table."),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_at_once(page: Page, content: str, why: str) -> None:
    choose(page, "goods", {"name": "wrong.csv", "mimeType": "text/csv", "buffer": content.encode()})
    expect(page.locator("#file")).to_have_accessible_description(re.compile(re.escape(why)))
    expect(page.get_by_label("Importer")).to_have_value("goods")
    expect(page).to_have_url("/runs/new")


def test_a_file_that_is_too_large_is_not_even_sent(
    web_alone: WebAlone, open_browser: Callable[..., Page], large_file: Path
) -> None:
    page = open_browser(web_alone.url)
    page.goto(web_alone.sign_in_link("large@example.com"))
    choose(page, "airlines", large_file)
    expect(page.get_by_role("alert")).to_have_text("This file is larger than the portal accepts.")
    expect(page.get_by_text("up to 1.0 MB")).to_be_visible()
    assert_nothing_is_kept(web_alone)


def test_a_file_that_is_too_large_is_refused_without_scripts(
    web_alone: WebAlone, open_browser: Callable[..., Page], large_file: Path
) -> None:
    page = open_browser(web_alone.url, java_script_enabled=False)
    page.goto(web_alone.sign_in_link("large@example.com"))
    choose(page, "airlines", large_file)
    expect(page.get_by_text("The file is too large: at most 1 MB can be uploaded.")).to_be_visible()
    assert_nothing_is_kept(web_alone)


def test_a_cancelled_upload_leaves_nothing_behind(portal: RunningPortal, page: Page, large_file: Path) -> None:
    before = kept(portal)
    with slow_line(page, 500_000):
        choose(page, "goods", large_file)
        expect(page.get_by_text(re.compile(r"Uploading: [1-9]\d? %"))).to_be_visible()
        assert list((portal.folder / "incoming").iterdir())
        page.get_by_role("button", name="Cancel upload").click()
        expect(page.get_by_text("The upload was cancelled. Nothing was kept.")).to_be_visible()
        until(lambda: not list((portal.folder / "incoming").iterdir()), 20, "the part that had come is gone")
    assert kept(portal) == before
    expect(page.get_by_role("button", name="Import", exact=True)).to_be_enabled()


def test_a_second_press_starts_no_second_run(portal: RunningPortal, page: Page) -> None:
    before = kept(portal)
    page.goto("/runs/new")
    page.get_by_label("Importer").select_option("goods")
    content = b"sku,name\nTWICE,Pressed\n"
    page.locator("#file").set_input_files({"name": "twice.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Import", exact=True).dblclick()
    assert run_number(page) == before[0][0] + 1
    assert kept(portal)[0][0] == before[0][0] + 1


def choose(page: Page, importer: str, file: Path | FilePayload) -> None:
    page.goto("/runs/new")
    page.get_by_label("Importer").select_option(importer)
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()


def kept(portal: RunningPortal) -> list[tuple[int, int]]:
    """The number of the last run, and how many files are stored."""
    return portal.rows("SELECT (SELECT coalesce(max(id), 0) FROM ingest_runs), (SELECT count(*) FROM files)")


def assert_nothing_is_kept(portal: RunningPortal) -> None:
    assert kept(portal) == [(0, 0)]
    assert not list(portal.folder.glob("incoming/*"))
