"""Data jobs in a browser: files are dropped, watched, and mended until nothing is left to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.e2e.actions import drop_files, new_data_job, paused_workers
from tests.e2e.conftest import Visit
from tests.e2e.test_every_page import assert_sound
from tests.e2e.test_keyboard import see_polls, tab_to
from tests.support.running import RunningPortal, until


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit("operator", email="documents@example.com")


def row(page: Page, name: str) -> Locator:
    """A file of the job with all that stands below it."""
    return page.locator("#job-files tbody").filter(has=page.get_by_text(name, exact=True))


def test_many_files_are_dropped_and_watched(portal: RunningPortal, page: Page, tmp_path: Path) -> None:
    """More than go in one request."""
    paths = [tmp_path / f"{number:03}.md" for number in range(100)] + [tmp_path / "good.txt", tmp_path / "bad.txt"]
    for path in paths:
        path.write_text(" " if path.name == "bad.txt" else "# Text\n")
    page.goto(f"/jobs/{new_data_job(page, 'Dropped')}")
    with paused_workers(portal):
        drop_files(page, paths)
        page.get_by_role("button", name="Upload and add").click()
        expect(page.get_by_text("100 files added.")).to_be_visible()
        expect(page.get_by_text("2 files added.")).to_be_visible()
        expect(row(page, "good.txt")).to_contain_text("in the queue")
        expect(page.locator("h1")).to_contain_text("Processing files")
        see_polls(page)
        expect(page.get_by_role("status").last).to_have_text("")
    expect(row(page, "bad.txt")).to_contain_text("Upload a file with content.")
    expect(page.locator("#announcer")).to_have_text("Dropped: Needs review. 101 of 102 files are ready, 1 needs you.")
    expect(page).to_have_title(re.compile("^Needs review · Dropped"))
    with pytest.raises(Error, match="Timeout"), page.expect_request("**/jobs/dj-*", timeout=2_500):
        pass


def test_a_file_that_is_looked_at_while_it_waits_shows_what_it_becomes(portal: RunningPortal, page: Page) -> None:
    with paused_workers(portal):
        page.goto(f"/jobs/{new_data_job(page, 'Looked at', {'a.txt': 'Words.'})}")
        page.get_by_role("link", name="a.txt").first.click()
        expect(page.get_by_text("It is shown here as soon as it is.")).to_be_visible()
        assert_sound(page)
    expect(page.locator("h1")).to_contain_text("Completed")
    expect(page.get_by_role("link", name="As written")).to_be_visible()
    expect(page.locator("[hx-trigger='every 1s']")).to_have_count(0)


def test_the_place_for_more_files_unfolds(page: Page, tmp_path: Path) -> None:
    """By the link to it, by files that are dragged over the page; a folder that is dropped is told."""
    folder, more = tmp_path / "folder", tmp_path / "more.md"
    folder.mkdir()
    more.write_text("# More")
    address = f"/jobs/{new_data_job(page, 'Unfolded', {'first.md': '# First'})}"
    page.goto(address)
    expect(page.locator(".drop-zone")).to_be_hidden()
    page.get_by_role("link", name="Add files").click()
    drop_files(page, [folder])
    expect(page.get_by_text("A folder can’t be uploaded.")).to_be_visible()

    page.goto(address)
    expect(page.locator(".drop-zone")).to_be_hidden()
    data = {"items": [], "files": [str(more)], "dragOperationsMask": 1}
    drag = {"type": "dragEnter", "x": 200, "y": 500, "data": data}
    page.context.new_cdp_session(page).send("Input.dispatchDragEvent", drag)
    drop_files(page, [more])
    page.get_by_role("button", name="Upload and add").click()
    expect(row(page, "more.md")).to_be_visible()


@pytest.mark.parametrize("width", [1320, 360])
def test_long_names_widen_no_page(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    name = "n" * 190 + ".md"
    job_address = f"/jobs/{new_data_job(page, 'J' * 200, {name: '# Text'})}"
    page.goto(job_address)
    file_address = page.get_by_role("link", name=name).get_attribute("href")
    for address in ("/jobs/", job_address, f"{job_address}/edit", file_address, "/files/"):
        page.goto(address or "")
        assert page.evaluate("document.documentElement.scrollWidth") == width, address
        assert page.evaluate(
            "[...document.querySelectorAll('.table-responsive')].every(t => t.scrollWidth <= t.clientWidth)"
        ), address


def test_a_failed_file_is_replaced_retried_and_removed_by_keyboard(page: Page, tmp_path: Path) -> None:
    mended = tmp_path / "mended.txt"
    mended.write_text("Now with text.")
    job_id = new_data_job(page, "By keyboard", {"one.txt": " ", "two.txt": " "})
    page.goto(f"/jobs/{job_id}?state=open")
    expect(row(page, "two.txt")).to_contain_text("The file appears to be empty.")

    tab_to(page, row(page, "one.txt").locator("summary"))
    page.keyboard.press("Enter")
    with page.expect_file_chooser() as chooser:  # begun before the last step: the browser must know of it at the press
        tab_to(page, row(page, "one.txt").locator("input[type=file]"))
        page.keyboard.press("Space")
    chooser.value.set_files(mended)
    tab_to(page, row(page, "one.txt").get_by_role("button", name="Upload and replace"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("mended.txt has taken its place.")).to_be_visible()
    expect(page.locator("#job-summary")).to_have_text("1 of 2 files is ready, 1 needs you.")

    tab_to(page, row(page, "two.txt").get_by_role("button", name="Retry", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_text("two.txt: queued again.")).to_be_visible()
    expect(row(page, "two.txt").get_by_role("button", name="Remove")).to_be_visible()

    tab_to(page, row(page, "two.txt").get_by_role("button", name="Remove"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("two.txt removed from the data job")).to_be_visible()
    expect(page.locator("h1")).to_contain_text("Ready to start")


def test_what_is_chosen_opened_and_typed_stays_while_the_page_refreshes(portal: RunningPortal, page: Page) -> None:
    with paused_workers(portal):
        page.goto(f"/jobs/{new_data_job(page, 'Refreshed', {'waits.txt': 'Text', 'empty.txt': ''})}")
        page.get_by_label("Choose empty.txt").check()
        row(page, "empty.txt").locator("summary").click()
        page.get_by_role("link", name="Add files").click()
        page.get_by_label("Speed-optimized").check()
        prompt = page.get_by_role("textbox", name="System prompt")
        prompt.fill("You are")
        see_polls(page)
        expect(prompt).to_be_focused()
        expect(prompt).to_have_value("You are")
        expect(page.get_by_label("Choose empty.txt")).to_be_checked()
        expect(page.get_by_role("button", name="Remove chosen files")).to_be_visible()
        expect(row(page, "empty.txt").locator("input[type=file]")).to_be_visible()
        expect(page.get_by_label("Speed-optimized")).to_be_checked()


def test_without_scripts(visit: Visit, tmp_path: Path) -> None:
    page = visit("operator", email="documents@example.com", java_script_enabled=False)
    first, second = tmp_path / "first.txt", tmp_path / "second.md"
    first.write_text(" ")
    second.write_text("# Second\n")
    page.goto("/jobs/new")
    page.get_by_label("Name").fill("Plain")
    page.get_by_label("Answers from files").check()
    page.locator("#files").set_input_files([first, second])
    page.get_by_role("button", name="Create data job").click()
    expect(page.get_by_text("2 files added.")).to_be_visible()
    expect(reloaded(page, "The file appears to be empty.")).to_be_visible()
    page.get_by_label("Choose first.txt").check()
    page.get_by_role("button", name="Remove chosen files").click()
    page.get_by_role("button", name="Add it again").click()
    expect(page.get_by_text("1 file added.")).to_be_visible()
    expect(reloaded(page, "The file appears to be empty.")).to_be_visible()
    row(page, "first.txt").locator("summary").click()
    row(page, "first.txt").locator("input[type=file]").set_input_files(second)
    row(page, "first.txt").get_by_role("button", name="Upload and replace").click()
    expect(page.locator("h1")).to_contain_text("Ready to start")
    page.get_by_role("link", name="second.md").first.click()
    expect(page.get_by_role("heading", name="Second", exact=True)).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete data job").click()
    expect(page.get_by_text("The data job Plain was deleted.")).to_be_visible()


def reloaded(page: Page, text: str) -> Locator:
    """Reload by hand, as one does without scripts, until the text is there."""
    found = page.get_by_text(text, exact=True)
    until(lambda: found.count() or not page.reload(), 60, f"the page shows: {text}")
    return found
