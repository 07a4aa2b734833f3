"""Two hundred documents of all kinds are dropped at once; twelve fail, each for a cause of its own, and are mended on
the page, until the data job is ready to start."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from portal.documents.failures import Failure
from tests.e2e.actions import drop_files, paused_workers
from tests.support.running import RunningPortal, running_portal
from tests.support.two_hundred import BROKEN, SCANNED_LINES, two_hundred

FILES = 200
NOT_WAITING = 13
"""Markdown: ten good ones, and one that is found to be wrong at once, as is what has no known type or is empty."""

REMOVED = ["089 Photographs.zip", "157 Packed.docx", "191 Endless manual.pdf"]
SCANNED = "072 Scanned letter.pdf"
REPLACED = sorted(set(BROKEN) - set(REMOVED) - {SCANNED})

PROCESSED = 120_000
"""Milliseconds in which two workers have converted them, on a machine that has other things to do."""


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return two_hundred(tmp_path_factory.mktemp("documents"))


@pytest.fixture
def own_portal(tmp_path: Path) -> Iterator[RunningPortal]:
    """A portal whose queue has nobody else's files."""
    with running_portal(tmp_path / "portal") as portal:
        yield portal


@pytest.mark.slow
def test_twelve_of_two_hundred_documents_are_mended(
    own_portal: RunningPortal, open_browser: Callable[..., Page], documents: list[Path], tmp_path: Path
) -> None:
    page = open_browser(own_portal.url)
    page.goto(own_portal.sign_in_link("operator@example.com"))
    makes_a_job(page)
    with paused_workers(own_portal):
        drops_all(page, documents)
        sees_true_positions(page)
    sees_it_live(page)
    sees_what_failed(page)
    recognises_the_scan(page)
    for name in REPLACED:
        replaces(page, name, tmp_path)
    removes(page)
    expect(page.locator("#job-summary")).to_contain_text(re.compile(r"All 197 files are ready"), timeout=PROCESSED)
    writes_the_prompt(page)
    reads_the_letter(page)


def makes_a_job(page: Page) -> None:
    page.goto("/jobs/new")
    page.get_by_label("Name", exact=True).fill("Handbooks and letters")
    page.get_by_label(re.compile("^Principles")).check()
    page.get_by_role("button", name="Create data job").click()
    expect(badge(page)).to_have_text("Needs review")
    expect(page.get_by_role("link", name="Add files").first).to_be_visible()


def drops_all(page: Page, documents: list[Path]) -> None:
    page.get_by_label(re.compile("^Speed-optimized")).check()
    drop_files(page, documents)
    page.get_by_role("button", name="Upload and add").click()
    expect(figure(page, "files")).to_have_text(str(FILES), timeout=PROCESSED)


def sees_true_positions(page: Page) -> None:
    """One after the other, without those that wait for nobody; what has failed stands above them."""
    expect(figure(page, "waiting")).to_have_text(str(FILES - NOT_WAITING))
    page.goto(f"{page.url.partition('?')[0].partition('#')[0]}?state=processing")
    positions = page.locator("tbody .text-secondary.text-nowrap", has_text="in the queue")
    texts = positions.all_inner_texts()
    assert texts[:4] == ["1st in the queue", "2nd in the queue", "3rd in the queue", "4th in the queue"]
    assert [int(re.sub(r"\D", "", text)) for text in texts] == list(range(1, 51))
    page.goto(page.url.partition("?")[0])


def sees_it_live(page: Page) -> None:
    """By itself: the page is never loaded again."""
    page.evaluate("window.stayed = true")
    ready = "() => Number([...document.querySelectorAll('dl.figures dd')][1]?.textContent.replace(',', ''))"
    first = page.wait_for_function(f"() => {{ const n = ({ready})(); return n > 10 && n }}").json_value()
    page.wait_for_function(f"first => ({ready})() > first", arg=first)
    expect(badge(page)).to_have_text("Needs review", timeout=PROCESSED)
    assert page.evaluate("window.stayed")
    expect(figure(page, "ready")).to_have_text(str(FILES - len(BROKEN)))


def sees_what_failed(page: Page) -> None:
    page.get_by_role("link", name=f"Retry, replace or remove {len(BROKEN)} files").click()
    expect(page.locator("tbody")).to_have_count(len(BROKEN))
    for name, (_, failure) in BROKEN.items():
        expect(row(page, name)).to_contain_text(words(failure))


def recognises_the_scan(page: Page) -> None:
    row(page, SCANNED).get_by_role("button", name="Retry accuracy-optimized").click()
    expect(row(page, SCANNED)).to_have_count(0, timeout=PROCESSED)


def replaces(page: Page, name: str, folder: Path) -> None:
    """In one step, with a file that has the text."""
    better = folder / f"{Path(name).stem}, mended.txt"
    better.write_text(f"{name} as text.\n")
    failed = row(page, name)
    failed.get_by_text("Replace file…").click()
    failed.locator("input[type=file]").set_input_files(better)
    failed.get_by_role("button", name="Upload and replace").click()
    expect(row(page, name)).to_have_count(0)


def removes(page: Page) -> None:
    for name in REMOVED:
        page.get_by_label(f"Choose {name}").check()
    page.get_by_role("button", name="Remove chosen files").click()
    expect(page.get_by_role("button", name="Add them again")).to_be_visible()


def writes_the_prompt(page: Page) -> None:
    expect(badge(page)).to_have_text("Needs review")
    page.get_by_role("textbox", name="System prompt").fill("You answer questions about pumps.")
    page.get_by_role("button", name="Save system prompt").click()
    expect(badge(page)).to_have_text("Ready to start")
    expect(page.locator(".checklist .tone-warn")).to_have_count(0)
    expect(page.get_by_text("5 of 5 done")).to_be_visible()


def reads_the_letter(page: Page) -> None:
    """What was recognised stands beside the original."""
    page.goto(f"{page.url.partition('?')[0].partition('#')[0]}?page=2")
    page.get_by_role("link", name=SCANNED).click()
    for line in SCANNED_LINES:
        expect(page.locator(".markdown, .prose, main").last).to_contain_text(line)


def words(failure: Failure) -> str:
    return f"{failure.message} {failure.fix}"


def row(page: Page, name: str) -> Locator:
    return page.locator("tbody").filter(has=page.get_by_role("link", name=name, exact=True))


def badge(page: Page) -> Locator:
    return page.locator("h1 .badge, h1 .status").first


def figure(page: Page, name: str) -> Locator:
    return page.locator(".figure-item").filter(has=page.get_by_text(name, exact=True)).get_by_role("definition")
