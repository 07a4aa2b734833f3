"""With JavaScript off, every form still works."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.actions import choose_file, finished_run, paused_workers, run_number
from tests.e2e.conftest import Visit
from tests.support.running import RunningPortal

GOOD = "sku,name,price\nA,Apple,3\nB,Pear,4\n"
BAD = "sku,name,price\n" + "".join(f"A,Apple {number},{number}\n" for number in range(99, 126))
"""25 of its 27 prices are above 100."""


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit("operator", email="plain@example.com", java_script_enabled=False)


def test_one_signs_in_by_password(portal: RunningPortal, open_browser: Callable[..., Page]) -> None:
    password = "correct horse battery staple"
    portal.must("users", "create", "ann@example.com", "--role", "operator", "--password-stdin", stdin=password)
    page = open_browser(portal.url, java_script_enabled=False)

    page.goto("/runs/?status=failed")
    page.get_by_label("Email").fill("ann@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".field-error")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value("ann@example.com")

    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url("/runs/?status=failed")


def test_a_small_file_is_imported(portal: RunningPortal, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "goods.csv"
    path.write_text(GOOD)
    choose_file(page, "goods", path)
    page.get_by_role("button", name="Import", exact=True).click()
    portal.wait_for_run(run_number(page))
    page.reload()
    expect(page.locator("h1")).to_contain_text("Completed")
    expect(page.get_by_text("All 2 rows are in.")).to_be_visible()


def test_what_is_missing_is_said_beside_its_field(page: Page) -> None:
    page.goto("/runs/new")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_label("Importer")).to_have_accessible_description("Choose an importer.")

    page.get_by_label("Importer").select_option("goods")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#file")).to_have_accessible_description("Choose a file to import.")
    expect(page.get_by_label("Importer")).to_have_value("goods")


def test_a_file_that_is_no_table_is_refused_beside_its_field(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "goods.pdf"
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj")
    choose_file(page, "goods", path)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#file")).to_have_accessible_description(re.compile("This is a PDF document, not a table. .+"))
    expect(page.get_by_label("Importer")).to_have_value("goods")


def test_a_run_is_cancelled_after_a_question(portal: RunningPortal, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "goods.csv"
    path.write_text(GOOD + "C,Cherry,5\n")
    with paused_workers(portal):
        choose_file(page, "goods", path)
        page.get_by_role("button", name="Import", exact=True).click()
        page.get_by_role("button", name="Cancel…").click()
        expect(page.get_by_role("dialog")).to_contain_text(f"Cancel run {run_number(page)}?")
        page.get_by_role("button", name="Cancel the run").click()
        expect(page.locator("h1")).to_contain_text("Cancelled")


def test_failed_rows_are_looked_through_and_retried(portal: RunningPortal, page: Page) -> None:
    run_id = finished_run(portal, page, "goods", "prices.csv", BAD)
    page.goto(f"/runs/{run_id}")
    page.get_by_role("link", name="Look at all 25 rows").click()
    expect(page.get_by_role("row")).to_have_count(21)
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("row")).to_have_count(6)

    page.goto(f"/runs/{run_id}")
    page.get_by_role("button", name="Retry 25 failed rows").click()
    expect(page.get_by_text("Retries failed rows of")).to_be_visible()
    assert run_number(page) > run_id


def test_a_corrected_file_comes_back(portal: RunningPortal, page: Page, tmp_path: Path) -> None:
    run_id = finished_run(portal, page, "goods", "priced.csv", BAD.replace("Apple", "Plum"))
    path = tmp_path / "corrected.csv"
    failed_rows = page.request.get(f"/runs/{run_id}/failed-rows.csv").text()
    path.write_text(re.sub(r",1(\d\d),", r",\1,", failed_rows))
    page.goto(f"/runs/{run_id}")
    page.get_by_role("button", name="Upload corrected file…").click()
    page.get_by_label("Corrected file").set_input_files(path)
    page.get_by_role("button", name="Upload", exact=True).click()
    portal.wait_for_run(run_number(page))
    page.goto(f"/runs/{run_id}")
    expect(page.get_by_text("25 of 25 failed rows were brought in by later runs")).to_be_visible()


def test_the_list_of_runs_is_filtered_and_paged(portal: RunningPortal, visit: Visit) -> None:
    page = visit("operator", email="many@example.com", java_script_enabled=False)
    for number in range(26):
        finished_run(portal, page, "notes", f"note {number}.csv", f"body\nnote {number}\n")
    finished_run(portal, page, "goods", "goods.csv", GOOD)

    page.goto("/runs/")
    expect(page.get_by_text("Runs 1–25 of 27")).to_be_visible()
    page.get_by_label("Importer").select_option("notes")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_text("Runs 1–25 of 26")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Runs 26–26 of 26")).to_be_visible()
    expect(page.get_by_label("Importer")).to_have_value("notes")
    expect(page.get_by_role("link", name="note 0.csv")).to_be_visible()


def test_the_menu_opens_on_a_narrow_page(visit: Visit) -> None:
    page = visit("operator", java_script_enabled=False, viewport={"width": 360, "height": 740})
    page.goto("/")
    page.get_by_label("Pages").first.click()
    page.get_by_role("link", name="Importers").click()
    expect(page).to_have_url("/importers/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_there_that_needs_scripts(visit: Visit, scheme: str) -> None:
    page = visit("operator", java_script_enabled=False, color_scheme=scheme)
    page.goto("/")
    expect(page.get_by_label("Change theme")).to_be_hidden()
