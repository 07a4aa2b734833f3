"""A failed row is mended where it stands, with the keyboard alone, while the page around it refreshes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.actions import finished_run, paused_workers
from tests.e2e.conftest import Visit
from tests.e2e.test_every_page import assert_sound
from tests.e2e.test_keyboard import tab_to
from tests.support.running import RunningPortal

BAD = "sku,name,price\nA,Apple,101\nB,Pear,102\nc,Cherry,4\n"
"""Two causes: prices above 100, and a sku in lower case."""


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit("operator", email="mender@example.com")


def test_a_row_is_mended_in_its_place_and_retried(portal: RunningPortal, page: Page) -> None:
    run_id = finished_run(portal, page, "goods", "to mend.csv", BAD)
    page.goto(f"/runs/{run_id}")
    edit = page.get_by_role("button", name="Edit row 1")
    price = page.get_by_role("form", name="Edit row 1").get_by_role("textbox", name="price")
    tab_to(page, edit)
    page.keyboard.press("Enter")
    expect(price).to_be_focused()
    assert_sound(page)
    page.keyboard.press("Escape")
    expect(edit).to_be_focused()
    page.keyboard.press("Enter")
    expect(price).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("1000")
    expect(page.get_by_text("Would still fail:")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Row 1 is saved, and still fails")).to_be_visible()
    expect(price).to_have_value("1000")
    expect(price).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("10")
    expect(page.get_by_text("Would pass every rule.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(edit).to_be_focused()
    expect(page.locator(".row-check")).to_contain_text("Passes every rule now. Retry it to bring it in.")
    expect(page.locator("#announcer")).to_have_text("Passes every rule now. Retry it to bring it in.")
    assert_sound(page)
    tab_to(page, page.get_by_role("button", name="Retry this row"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Completed")
    assert portal.rows("SELECT total FROM ingest_runs WHERE retried_from_run_id = ?", run_id) == [(1,)]


def test_what_is_typed_stays_while_the_page_refreshes(portal: RunningPortal, page: Page, visit: Visit) -> None:
    run_id = finished_run(portal, page, "goods", "half typed.csv", BAD)
    page.goto(f"/runs/{run_id}")
    other = visit("operator", email="mender@example.com")
    other.goto(f"/runs/{run_id}/groups/sku.pattern")
    with paused_workers(portal):
        other.get_by_role("checkbox", name="Choose row 3").check()
        other.get_by_role("button", name="Retry chosen rows", exact=True).click()
        expect(other.locator("h1")).to_contain_text("Pending")
        page.goto(f"/runs/{run_id}/groups/price.maximum")
        expect(page.get_by_text("none can be edited or retried")).to_be_visible()
        expect(page.get_by_role("button", name="Edit row 1")).to_have_count(0)
    page.get_by_role("button", name="Edit row 1").click()  # it comes by itself when the retry has ended
    page.get_by_role("textbox", name="price").fill("5")
    with paused_workers(portal):
        other.goto(f"/runs/{run_id}")
        other.get_by_role("button", name="Edit row 2").click()
        other.get_by_role("textbox", name="price").fill("77")
        page.request.post(
            f"/runs/{run_id}/retry",
            form={"csrf_token": page.locator("[name=csrf_token]").first.input_value(), "rows": "3"},
        )
        other.get_by_role("button", name="Save").click()
        expect(other.get_by_role("alert")).to_contain_text("is retrying these rows already")
        expect(other.get_by_role("textbox", name="price")).to_have_value("77")


def test_the_second_of_two_people_chooses(portal: RunningPortal, page: Page, visit: Visit) -> None:
    run_id = finished_run(portal, page, "goods", "two people.csv", BAD)
    admin = visit("admin")
    for who in (page, admin):
        who.goto(f"/runs/{run_id}/groups/price.maximum")
        who.get_by_role("button", name="Edit row 2").click()
        who.get_by_role("textbox", name="price").fill("7" if who is page else "8")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".row-check")).to_contain_text("Passes every rule now.")
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_role("alert")).to_contain_text("mender@example.com changed this row")
    expect(admin.get_by_role("textbox", name="price")).to_have_value("8")
    expect(admin.get_by_text("It is “7” now.")).to_be_visible()
    assert_sound(admin)
    admin.get_by_role("button", name="Take theirs").click()
    expect(admin.locator(".row-check")).to_contain_text("Passes every rule now.")
    expect(admin.get_by_role("cell", name="7", exact=True)).to_be_visible()
