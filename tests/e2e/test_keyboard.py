"""All of it with the keyboard alone, and nothing of it lost while live parts refresh."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.e2e.actions import finished_run, paused_workers, run_number, send_file
from tests.e2e.conftest import Visit
from tests.support.running import RunningPortal

GOODS = "sku,name,price\nA,Apple,3\n"
BAD = "sku,name,price\nA,Apple,101\nB,Pear,102\nc,Cherry,4\n"
"""Two causes: prices above 100, and a sku in lower case."""

FOCUS_IS_SHOWN = """() => {
  const shown = document.activeElement, style = getComputedStyle(shown), box = shown.getBoundingClientRect();
  const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 || style.boxShadow !== "none";
  const inSight = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight;
  return marked && inSight ? "" : shown.outerHTML.slice(0, 200);
}"""


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit("operator", email="keys@example.com")


def test_the_first_stop_skips_to_the_content(page: Page) -> None:
    page.goto("/runs/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_an_import_is_started(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "goods.csv"
    path.write_text(GOODS)
    page.on("filechooser", lambda chooser: chooser.set_files(path))
    page.goto("/")
    tab_to(page, page.get_by_role("link", name="Runs", exact=True))
    page.keyboard.press("Enter")
    expect(page).to_have_url("/runs/")
    tab_to(page, page.get_by_role("link", name="New import").first)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Importer"))
    page.keyboard.type("Goods")
    tab_to(page, page.locator("#file"))
    page.keyboard.press("Space")
    expect(page.locator("#file")).to_have_value(re.compile("goods.csv$"))
    tab_to(page, page.get_by_role("button", name="Import", exact=True))
    page.keyboard.press("Enter")
    run_number(page)
    expect(page.locator("main")).to_be_focused()
    expect(page.locator("h1")).to_contain_text("Completed")


def test_a_cause_opens_to_its_rows(portal: RunningPortal, page: Page) -> None:
    page.goto(f"/runs/{finished_run(portal, page, 'goods', 'two causes.csv', BAD)}")
    cause = page.locator("details.cause").nth(1)
    tab_to(page, cause.locator("summary"))
    page.keyboard.press("Enter")
    expect(cause.get_by_role("row")).to_have_count(2)
    expect(page).to_have_title("Completed with errors · two causes.csv · Ingest Portal")


def test_a_question_is_answered(portal: RunningPortal, page: Page) -> None:
    with paused_workers(portal):
        page.goto(f"/runs/{send_file(page, 'goods', 'to cancel.csv', GOODS)}")
        cancel = page.get_by_role("button", name="Cancel…")
        tab_to(page, cancel)
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Keep it running")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(cancel).to_be_focused()
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_role("button", name="Cancel the run"))
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text("Cancelled")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_focus_is_seen_at_every_stop(portal: RunningPortal, visit: Visit, theme: str) -> None:
    page = visit("operator", email="keys@example.com", color_scheme=theme, reduced_motion="reduce")
    page.goto(f"/runs/{finished_run(portal, page, 'goods', f'{theme}.csv', BAD)}")
    expect(page.locator("details[open].cause").get_by_role("row").first).to_be_visible()
    page.keyboard.press("Tab")
    stops = 0
    while page.evaluate("document.activeElement !== document.body"):
        assert not page.evaluate(FOCUS_IS_SHOWN)
        page.keyboard.press("Tab")
        stops += 1
    assert stops > 15


def test_focus_stays_while_the_page_refreshes(portal: RunningPortal, page: Page) -> None:
    with paused_workers(portal):
        page.goto(f"/runs/{send_file(page, 'goods', 'waiting.csv', GOODS)}")
        tab_to(page, page.get_by_role("button", name="Cancel…"))
        see_polls(page)
        expect(page.get_by_role("button", name="Cancel…")).to_be_focused()
        page.keyboard.press("Enter")
        see_polls(page)
        expect(page.get_by_role("button", name="Keep it running")).to_be_focused()


def test_an_opened_cause_stays_open_while_the_page_refreshes(portal: RunningPortal, page: Page) -> None:
    run_id = finished_run(portal, page, "goods", "open.csv", BAD)
    with paused_workers(portal):
        page.goto(f"/runs/{run_id}")
        page.get_by_role("button", name="Retry 3 failed rows").click()
        page.goto(f"/runs/{run_id}")
        first, second = page.locator("details.cause").all()
        second.locator("summary").click()
        first.locator("summary").click()
        expect(second.get_by_role("row")).to_have_count(2)
        see_polls(page)
        expect(second.get_by_role("row")).to_have_count(2)
        expect(second.get_by_role("row").last).to_be_visible()
        expect(first.get_by_role("row").last).to_be_hidden()


def test_the_end_is_announced_and_asked_for_no_more(portal: RunningPortal, page: Page) -> None:
    with paused_workers(portal):
        run_id = send_file(page, "goods", "the end.csv", GOODS)
        page.goto(f"/runs/{run_id}")
        see_polls(page)
        expect(page.get_by_role("status")).to_have_text("")
    expect(page.get_by_role("status")).to_have_text(f"Run {run_id}: Completed. The one row is in.")
    expect(page).to_have_title(re.compile("^Completed · the end.csv"))
    with pytest.raises(Error, match="Timeout"), page.expect_request("**/live", timeout=2_500):
        pass


def tab_to(page: Page, target: Locator, stops: int = 60) -> None:
    """Press Tab until `target` has the focus."""
    expect(target).to_be_visible()
    for _ in range(stops):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"The Tab key doesn't lead to {target}.")


def see_polls(page: Page, count: int = 2) -> None:
    """Wait until the live part has been fetched and shown that often."""
    for _ in range(count):
        page.evaluate(
            """() => new Promise(done => document.addEventListener("htmx:afterSettle", done, {once: true}))"""
        )
