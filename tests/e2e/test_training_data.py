"""From documents to training data, and through its pairs."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.actions import new_data_job, paused_workers
from tests.e2e.conftest import Visit
from tests.e2e.test_every_page import assert_sound
from tests.e2e.test_keyboard import tab_to
from tests.support.running import RunningPortal, until

HANDBOOK = """# Handbook

## Leave

Every colleague has 25 days of leave a year. It is granted by the lead of the team.

## Tools

- Hammers hang beside the door.
- Saws hang beside the window.
"""
GLOSSARY = "# Glossary\n\n**Lead**: the person whom one asks first.\n\n**Team**: all who share a lead.\n"


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit("operator", email="training@example.com")


def test_from_documents_to_training_data_that_is_looked_through(portal: RunningPortal, page: Page) -> None:
    page.goto(f"/jobs/{new_data_job(page, 'Handbooks', {'handbook.md': HANDBOOK, 'glossary.md': GLOSSARY})}")
    prompt = page.get_by_role("textbox", name="System prompt")
    prompt.fill("Half typed")
    page.get_by_role("button", name="Suggest one").click()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("button", name="Use this")).to_have_count(0)
    expect(prompt).to_have_value("Half typed")
    with paused_workers(portal):
        page.get_by_role("button", name="Start…").click()
        expect(page.get_by_role("dialog")).to_contain_text("Make training data of 2 documents?")
        page.get_by_role("button", name="Start", exact=True).click()
        expect(page.locator("h1")).to_contain_text("Queued")
    expect(page.locator("h1")).to_contain_text("Completed")
    assert_sound(page)
    page.get_by_role("link", name="By document").click()
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()
    assert_sound(page)
    page.get_by_role("link", name="Look through the pairs").click()

    page.get_by_label("Question or answer").fill("25 DAYS")
    expect(page).to_have_url(re.compile("search=25"))  # what was found is shown with it
    pair = page.locator("article").first
    expect(pair.locator("mark")).to_contain_text("25 days of leave")
    tab_to(page, pair.get_by_role("link", name="Edit"))
    page.keyboard.press("Enter")
    question = pair.get_by_label("Question")
    expect(question).to_be_focused()
    assert_sound(page)
    page.keyboard.press("Escape")
    expect(pair.get_by_role("link", name="Edit")).to_be_focused()
    page.keyboard.press("Enter")
    question.fill("How long is leave?")
    pair.get_by_role("button", name="Save").click()
    expect(pair).to_contain_text("How long is leave?")
    expect(pair).to_contain_text("Edited")
    expect(page.locator("#pairs-state")).to_contain_text("The files are up to date.")

    page.goto(page.url.partition("?")[0] + "?search=beside the window")
    dropped = page.locator("article").first
    dropped.get_by_role("button", name="Drop").click()
    expect(dropped.get_by_role("button", name="Undo")).to_be_focused()
    expect(page.locator("#pairs-state")).to_contain_text("The files are up to date.")
    with page.expect_download() as download:
        page.get_by_role("link", name="JSON Lines").click()
    questions = [line["messages"][1]["content"] for line in map(json.loads, download.value.path().open())]
    assert any("How long is leave?" in question for question in questions)


def test_training_data_that_comes_to_nothing(portal: RunningPortal, page: Page) -> None:
    """A heading alone gives no pairs."""
    page.goto(f"/jobs/{new_data_job(page, 'Headings', {'heading.md': '# Handbook'})}")
    page.get_by_role("textbox", name="System prompt").fill("You answer.")
    page.get_by_role("button", name="Save system prompt").click()
    with paused_workers(portal):
        start(page)
        expect(page.locator("h1")).to_contain_text("Queued")
        assert_sound(page)
        page.get_by_role("button", name="Cancel…").click()
        assert_sound(page)
        page.get_by_role("dialog").get_by_role("button").last.click()
        expect(page.locator("h1")).to_contain_text("Cancelled")
        assert_sound(page)
    start(page, "Start again")
    expect(page.locator("h1")).to_contain_text("Failed")
    assert_sound(page)
    page.goto("/alignments/")
    assert_sound(page)


def start(page: Page, label: str = "Start") -> None:
    page.get_by_role("button", name=f"{label}…").click()
    page.get_by_role("button", name=label, exact=True).click()


def test_without_scripts(visit: Visit) -> None:
    page = visit("operator", email="plain-training@example.com", java_script_enabled=False)
    job_id = new_data_job(page, "Plain", {"handbook.md": HANDBOOK})
    page.goto(f"/jobs/{job_id}")
    page.get_by_role("textbox", name="System prompt").fill("Half typed")
    page.get_by_role("button", name="Suggest one").click()
    expect(page.get_by_role("textbox", name="System prompt")).to_have_value("Half typed")
    page.get_by_role("button", name="Use this").click()
    expect(page.get_by_text("The system prompt was saved.")).to_be_visible()
    start(page)
    made = page.get_by_role("link", name="Look through the pairs")
    until(lambda: made.count() or not page.reload(), 60, "training data is made")
    made.click()
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_label("Answer").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Answer")).to_have_accessible_description("Write an answer.")
    page.get_by_label("Answer").fill("None.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The pair was saved.")).to_be_visible()
    page.get_by_label("Choose this pair").first.check()
    page.get_by_role("button", name="Drop chosen pairs").click()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("1 pair was restored.")).to_be_visible()
