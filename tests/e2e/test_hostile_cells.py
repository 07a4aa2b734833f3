"""Files that are meant to do harm, or only look like it: pages show them as text, and nothing of it runs."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.actions import finished_run
from tests.e2e.conftest import Visit
from tests.e2e.watching import assert_fits
from tests.support.running import RunningPortal

NAME = "\"><img src=x onerror=window.pwned=1>' & 🛩 قائمة.csv"

SHOWN = (
    "<script>window.pwned=1</script>!",
    '"><img src=x onerror="window.pwned=1">!',
    "'); window.pwned=1; ('!",
    "</textarea></title><svg onload=window.pwned=1>!",
    "{{ 7 * 7 }}{% raw %}!",
    "javascript:window.pwned=1!",
    "=HYPERLINK(1)!",
    "!مرحبا بالعالم",
    "👩‍👩‍👧‍👦 🛩️!",
)
"""The importer refuses an exclamation mark, so that each becomes a failed row."""

UNPRINTABLE = "a NUL \0, a bell \a, a line\nbreak!"
REVERSED = "safe\u202egnp.exe!"
LARGE = "large" * 200_000 + "!"

HEADERS = ["body", *SHOWN, *(f"column {number}" for number in range(200))]


@pytest.fixture(scope="module")
def hostile_file() -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADERS)
    for cell in (*SHOWN, UNPRINTABLE, REVERSED, LARGE):
        writer.writerow([cell] * 10 + ["x"] * 200 if cell is not LARGE else [cell] + ["x"] * (len(HEADERS) - 1))
    return text.getvalue().encode()


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit("operator", email="hostile@example.com")


def test_failed_rows_are_shown_as_text(portal: RunningPortal, page: Page, hostile_file: bytes) -> None:
    run_id = finished_run(portal, page, "notes", NAME, hostile_file)
    page.goto(f"/runs/{run_id}")
    expect(page.locator("h1")).to_contain_text(NAME)
    expect(page.locator("details[open].cause").get_by_role("row")).to_have_count(len(SHOWN) + 4)
    expect(page).to_have_title(f"Completed with errors · {NAME} · Ingest Portal")
    assert_harmless(page)

    page.get_by_role("link", name="Look at all 12 rows").click()
    for cell in SHOWN:
        expect(page.get_by_role("cell").get_by_text(cell, exact=True).first).to_be_visible()
        expect(page.get_by_role("columnheader").get_by_text(cell, exact=True)).to_be_visible()
    assert_harmless(page)


def test_what_cannot_be_seen_is_named(portal: RunningPortal, page: Page, hostile_file: bytes) -> None:
    run_id = finished_run(portal, page, "notes", "unprintable.csv", hostile_file)
    page.goto(f"/runs/{run_id}")
    page.get_by_role("link", name="Look at all 12 rows").click()
    row = page.get_by_role("row").filter(has_text="a NUL")
    expect(row.get_by_role("cell").first).to_contain_text("NUL, a bell")
    expect(page.get_by_role("cell").get_by_text("1,000,001 characters in all")).to_be_visible()
    expect(page.get_by_role("cell").get_by_text("safeRLOgnp.exe!").first).to_be_visible()


def test_a_large_cell_does_not_make_a_large_page(portal: RunningPortal, page: Page, hostile_file: bytes) -> None:
    run_id = finished_run(portal, page, "notes", "large.csv", hostile_file)
    for address in (f"/runs/{run_id}", f"/runs/{run_id}/live", f"/runs/{run_id}/groups/body.pattern"):
        answer = page.request.get(address)
        assert answer.ok
        assert len(answer.body()) < 1_000_000


def test_lists_show_the_name_as_text(portal: RunningPortal, page: Page) -> None:
    finished_run(portal, page, "notes", NAME, "body\nbad!\n")
    for address in ("/", "/runs/"):
        page.goto(address)
        expect(page.get_by_role("link", name=NAME, exact=True).first).to_be_visible()
        assert_harmless(page)


def test_a_header_that_is_refused_is_quoted_as_text(page: Page) -> None:
    page.goto("/runs/new")
    page.get_by_label("Importer").select_option("notes")
    content = "<b>body</b><img src=x onerror=window.pwned=1>,body,body\n1,2,3\n"
    page.locator("#file").set_input_files({"name": NAME, "mimeType": "text/csv", "buffer": content.encode()})
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#file-error")).to_contain_text("“body” appears more than once")
    assert_harmless(page)


def assert_harmless(page: Page) -> None:
    expect(page.locator("main").locator("img, script, iframe, object, [onerror], [onload]")).to_have_count(0)
    assert not page.evaluate("'pwned' in window")
    assert_fits(page)
