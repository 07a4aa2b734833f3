"""The library in a browser: files are dropped, found, looked at, renamed and deleted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.actions import drop_files, slow_line
from tests.e2e.conftest import Visit

HANDBOOK = "# Handbook\n\nDoors *close* at six.\n"


@pytest.fixture
def documents(tmp_path: Path) -> list[Path]:
    """One of them takes a while on a slow line."""
    contents = {"handbook.md": HANDBOOK, "large.txt": "Some text.\n" * 40_000, "policy.docx": "%PDF-1.7\n1 0 obj\n"}
    for name, content in contents.items():
        (tmp_path / name).write_text(content)
    return [tmp_path / name for name in contents]


def test_files_come_and_go(visit: Visit, documents: list[Path]) -> None:
    page = visit("operator", email="librarian@example.com")
    page.goto("/files/")
    expect(page.get_by_text("No files yet")).to_be_visible()
    drop_files(page, documents)
    chosen = page.get_by_role("list", name="Chosen files")
    expect(chosen.get_by_role("listitem")).to_have_text(["handbook.md", "large.txt", "policy.docx"])
    with slow_line(page, 200_000):
        page.get_by_role("button", name="Upload", exact=True).click()
        expect(page.get_by_text(re.compile(r"Uploading: \d\d %"))).to_be_visible()
        expect(page.get_by_role("progressbar", name="handbook.md")).to_have_attribute("value", str(len(HANDBOOK)))
        expect(page.get_by_role("progressbar", name="policy.docx")).to_have_attribute("value", "0")
    expect(page.get_by_text("3 files were added.")).to_be_visible()

    page.locator("#filter-kind").select_option(label="PDF document")
    expect(page.get_by_text("Files 1–1 of 1")).to_be_visible()
    page.get_by_role("link", name="policy.docx").click()
    expect(page.get_by_text("The content counts.")).to_be_visible()
    page.get_by_role("textbox", name="Name").fill("policy.pdf")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("policy.pdf")
    expect(page.get_by_text("The content counts.")).to_have_count(0)

    page.goto("/files/")
    page.get_by_role("link", name="handbook.md").click()
    expect(page.locator("em")).to_have_text("close")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "handbook.md"
    assert download.value.path().read_text() == HANDBOOK
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete the file").click()
    expect(page.get_by_text("handbook.md was deleted.")).to_be_visible()

    for name in ("large.txt", "policy.pdf"):
        page.get_by_label(f"Choose {name}").check()
    page.get_by_role("button", name="Delete chosen files…").click()
    page.get_by_role("button", name="Delete 2 files").click()
    expect(page.get_by_text("2 files were deleted.")).to_be_visible()
    expect(page.get_by_text("No files yet")).to_be_visible()


def test_too_many_at_once_are_told_before_they_are_sent(visit: Visit) -> None:
    page = visit("operator")
    page.goto("/files/")
    choose(page, [(f"{number}.txt", b"x") for number in range(101)])
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("At most 100 files can be uploaded at once.")


def test_they_come_without_scripts(visit: Visit) -> None:
    page = visit("operator", email="plain-files@example.com", java_script_enabled=False)
    page.goto("/files/")
    choose(page, [("a.txt", b"A"), ("b.txt", b"B")])
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("2 files were added.")).to_be_visible()
    choose(page, [("c.txt", b"A")])
    page.get_by_label("Leave out files that I have already").check()
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("Left out, since you have it already: 1 file.")).to_be_visible()
    page.get_by_label("Choose a.txt").check()
    page.get_by_role("button", name="Delete chosen files…").click()
    page.get_by_role("button", name="Delete 1 file").click()
    expect(page.get_by_text("a.txt was deleted.")).to_be_visible()


def choose(page: Page, files: list[tuple[str, bytes]]) -> None:
    page.get_by_label("Files", exact=True).set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": content} for name, content in files]
    )
