"""What others may see, and what becomes of a page whose session or server goes away."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.actions import finished_run, paused_workers, send_file
from tests.e2e.conftest import Visit, WebAlone
from tests.support.running import RunningPortal

GOOD = "sku,name,price\nA,Apple,3\n"
BAD = "sku,name,price\nA,Apple,101\n"


def test_a_run_is_there_for_its_owner_alone(portal: RunningPortal, visit: Visit) -> None:
    run_id = finished_run(portal, visit("operator", email="owner@example.com"), "goods", "mine.csv", BAD)
    page = visit("operator", email="other@example.com")
    for address in (f"/runs/{run_id}", f"/runs/{run_id}/groups/price.maximum", f"/runs/{run_id}/failed-rows.csv"):
        response = page.goto(address)
        assert response and response.status == 404
        expect(page.get_by_role("heading", name="Not Found")).to_be_visible()
        expect(page.get_by_text("mine.csv")).to_have_count(0)
    page.goto("/runs/")
    expect(page.get_by_text("mine.csv")).to_have_count(0)


def test_an_auditor_looks_and_changes_nothing(portal: RunningPortal, visit: Visit) -> None:
    run_id = finished_run(portal, visit("operator", email="owner@example.com"), "goods", "audited.csv", BAD)
    page = visit("auditor")
    page.goto(f"/runs/{run_id}")
    expect(page.locator("h1")).to_contain_text("Completed with errors")
    expect(page.get_by_text("As an auditor you can look at this run")).to_be_visible()
    expect(page.get_by_role("link", name="Download failed rows")).to_be_visible()
    expect(page.locator("main").get_by_role("button")).to_have_count(0)
    for address in ("/", "/runs/", "/importers/airlines"):
        page.goto(address)
        expect(page.locator("main form[method=post]")).to_have_count(0)
        expect(page.get_by_role("link", name="New import")).to_have_count(0)


def test_a_page_whose_session_has_ended_leads_to_the_sign_in(portal: RunningPortal, visit: Visit) -> None:
    page = visit("operator", email="leaver@example.com")
    with paused_workers(portal):
        run_id = send_file(page, "goods", "left.csv", GOOD)
        page.goto(f"/runs/{run_id}")
        portal.must("users", "deactivate", "leaver@example.com")
        expect(page).to_have_url(re.compile(rf"/sign-in\?next=(%2F|/)runs(%2F|/){run_id}$"))
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_page_says_when_its_server_is_gone_and_goes_on_when_it_is_back(
    web_alone: WebAlone, open_browser: Callable[..., Page]
) -> None:
    page = open_browser(web_alone.url)
    page.goto(web_alone.sign_in_link("patient@example.com"))
    run_id = send_file(page, "airlines", "airlines.csv", "carrier,name\nUA,United\n")
    page.goto(f"/runs/{run_id}")
    web_alone.kill()
    expect(page.get_by_role("alert")).to_contain_text("The server didn’t answer.")
    expect(page.locator("h1")).to_contain_text("Pending")
    web_alone.start()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Cancel…").click()
    page.get_by_role("button", name="Cancel the run").click()
    expect(page.locator("h1")).to_contain_text("Cancelled")
