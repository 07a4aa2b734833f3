"""Every page in its main states: nothing for axe to find, no scrolling sideways, no complaint of the browser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from tests.e2e.actions import finished_run, new_data_job, paused_workers, run_without_its_file, send_file
from tests.e2e.conftest import Visit
from tests.e2e.watching import NARROW, SIZES, assert_fits
from tests.support.running import RunningPortal

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()

# `preload` would fetch style sheets again and put them into the page, which its policy refuses.
FIND = """(rules) => axe.run(document, {
  preload: false, resultTypes: ["violations"], ...(rules.length ? {runOnly: {type: "rule", values: rules}} : {}),
}).then(found => found.violations.flatMap(violation => violation.nodes.map(
    node => `${violation.id}: ${node.target} ${node.html.slice(0, 200)} ${node.failureSummary}`)))"""

OF_THE_WIDTH = (
    "aria-hidden-focus",
    "button-name",
    "label",
    "link-in-text-block",
    "link-name",
    "nested-interactive",
    "scrollable-region-focusable",
)
"""Rules to which it makes a difference what is hidden, stacked or scrolls."""

BAD = "sku,name,price,colour\nA,Apple,101,red\nB,Pear,102,\nc,Cherry,4,blue\n"
GOOD = "sku,name,price\nA,Apple,3\n"


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit("admin")


ADDRESSES = (
    "/",
    "/runs/",
    "/runs/?status=failed",
    "/runs/new",
    "/runs/new?importer=flights",
    "/jobs/",
    "/jobs/?search=nothing",
    "/jobs/new",
    "/alignments/",
    "/alignments/new",
    "/files/",
    "/files/?search=nothing",
    "/importers/",
    "/importers/flights",
    "/importers/kinds",
    "/importers/everything",
    "/account",
    "/tokens",
    "/webhooks/",
    "/webhooks/new",
    "/users",
    "/users/new",
    "/api-reference",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_that_are_always_there(page: Page, address: str) -> None:
    response = page.goto(address)
    assert response and response.ok
    assert_sound(page)


def test_an_address_without_a_page(page: Page) -> None:
    page.goto("/nothing/here")
    expect(page.get_by_role("heading", name="Not Found")).to_be_visible()
    assert_sound(page)


def test_the_empty_pages_of_a_new_operator(visit: Visit) -> None:
    page = visit("operator", email="fresh@example.com")
    for address in ("/", "/runs/", "/tokens"):
        page.goto(address)
        assert_sound(page)


def test_signing_in(visit: Visit) -> None:
    page = visit("")
    page.goto("/sign-in")
    assert_sound(page)
    page.get_by_label("Email").fill("nobody@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".field-error")).to_be_visible()
    assert_sound(page)
    page.goto("/sign-in/link/spent")
    assert_sound(page)


def test_what_one_may_not_do(visit: Visit) -> None:
    page = visit("auditor")
    page.goto("/runs/new")
    expect(page.get_by_role("heading", name="Forbidden")).to_be_visible()
    assert_sound(page)


def test_a_new_import_with_errors(page: Page) -> None:
    page.goto("/runs/new")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator(".field-error:visible")).to_have_count(1)
    assert_sound(page)


def test_a_file_that_was_imported_before(portal: RunningPortal, page: Page) -> None:
    finished_run(portal, page, "goods", "twice.csv", GOOD)
    page.goto("/runs/new")
    page.get_by_label("Importer").select_option("goods")
    page.locator("#file").set_input_files({"name": "twice.csv", "mimeType": "text/csv", "buffer": GOOD.encode()})
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("This file was imported before:")).to_be_visible()
    assert_sound(page)


def test_a_run_that_waits_and_is_cancelled(portal: RunningPortal, page: Page) -> None:
    with paused_workers(portal):
        run_id = send_file(page, "goods", "waits.csv", GOOD)
        for address in ("/", "/runs/", f"/runs/{run_id}"):
            page.goto(address)
            assert_sound(page)
        page.get_by_role("button", name="Cancel…").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert_sound(page)
        page.get_by_role("button", name="Cancel the run").click()
        expect(page.locator("h1")).to_contain_text("Cancelled")
        assert_sound(page)


def test_a_run_with_failed_rows_and_its_retry(portal: RunningPortal, page: Page) -> None:
    run_id = finished_run(portal, page, "goods", "bad.csv", BAD)
    page.goto(f"/runs/{run_id}")
    expect(page.locator("details[open].cause").get_by_role("row").first).to_be_visible()
    assert_sound(page)
    page.get_by_role("button", name="Upload corrected file…").click()
    assert_sound(page)
    page.goto(f"/runs/{run_id}")
    page.get_by_role("link", name="Look at all 2 rows").click()
    assert_sound(page)
    page.get_by_role("link", name="Row 1", exact=True).click()
    expect(page.get_by_role("heading", name="From cell to value")).to_be_visible()
    assert_sound(page)
    page.goto(f"/runs/{run_id}")
    page.get_by_role("button", name="Retry 3 failed rows").click()
    expect(page.locator("h1")).to_contain_text("Completed with errors")
    assert_sound(page)
    page.get_by_role("link", name=f"run {run_id}").click()
    expect(page.get_by_role("heading", name="Retries")).to_be_visible()
    assert_sound(page)


def test_a_dry_run(portal: RunningPortal, page: Page) -> None:
    page.goto(f"/runs/{finished_run(portal, page, 'goods', 'dry.csv', BAD, dry_run='y')}")
    expect(page.get_by_text("3 would fail")).to_be_visible()
    assert_sound(page)


def test_a_run_that_failed(portal: RunningPortal, page: Page) -> None:
    run_id = run_without_its_file(portal, page)
    page.goto(f"/runs/{run_id}")
    expect(page.locator("h1")).to_contain_text("Failed")
    assert_sound(page)


def test_accounts_and_tokens(page: Page) -> None:
    page.goto("/users")
    page.get_by_role("link", name="admin@example.com").click()
    assert_sound(page)
    page.get_by_role("button", name="Create sign-in link").click()
    expect(page.get_by_role("textbox", name="Sign-in link")).to_be_visible()
    assert_sound(page)
    page.goto("/tokens")
    page.get_by_label("Name").fill("Nightly import")
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_role("textbox", name="API token")).to_be_visible()
    assert_sound(page)
    page.goto("/tokens")
    page.get_by_role("button", name="Revoke…").first.click()
    assert_sound(page)


def test_a_webhook_and_what_was_sent(page: Page) -> None:
    page.goto("/webhooks/new")
    page.get_by_label("Address").fill("http://10.0.0.1/")
    page.get_by_role("button", name="Create webhook").click()
    expect(page.locator(".field-error")).to_contain_text("isn't a public address")
    assert_sound(page)
    page.get_by_label("Address").fill("http://nowhere.invalid/hooks")
    page.get_by_role("button", name="Create webhook").click()
    expect(page.get_by_text("Nothing was sent yet")).to_be_visible()
    page.get_by_role("button", name="New secret…").click()
    assert_sound(page)
    page.get_by_role("button", name="New secret", exact=True).click()
    expect(page.get_by_role("textbox", name="Secret")).to_be_visible()
    assert_sound(page)
    page.get_by_role("link", name="Done").click()
    page.get_by_role("button", name="Send a test").click()
    # Which of the two it is depends on the name servers of the machine.
    looked_up = re.compile("(no address to be found for|too long to look up the address of) the host nowhere.invalid")
    expect(page.get_by_text(looked_up)).to_be_visible()
    assert_sound(page)
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link").last.click()
    expect(page.get_by_role("cell", name="No answer")).to_be_visible()
    assert_sound(page)


def test_a_data_job_that_waits_and_is_cancelled(portal: RunningPortal, page: Page) -> None:
    with paused_workers(portal):
        job_id = new_data_job(page, "Waits", {"a.txt": "Text", "b.txt": ""})
        for address in ("/", "/jobs/", f"/jobs/{job_id}"):
            page.goto(address)
            assert_sound(page)
        page.get_by_role("button", name="Cancel processing…").click()
        assert_sound(page)
        page.get_by_role("button", name="Stop converting").click()
        expect(page.locator("h1")).to_contain_text("Needs review")
        page.locator("#job-files summary").first.click()
        page.get_by_label("Choose a.txt").check()
        assert_sound(page)
        page.get_by_role("button", name="Remove chosen files").click()
        expect(page.get_by_role("button", name="Add it again")).to_be_visible()
        assert_sound(page)
        for action in ("edit", "clone", "timeline", "files/add"):
            page.goto(f"/jobs/{job_id}/{action}")
            assert_sound(page)


def test_a_data_job_that_is_ready(page: Page) -> None:
    table = "# Notes\n\n| A | B |\n|---|---|\n| 1 | 2 |\n"
    job_id = new_data_job(page, "Is ready", {"notes.md": table, "t.txt": "Text"})
    page.goto(f"/jobs/{job_id}")
    expect(page.locator("h1")).to_contain_text("Ready to start")
    assert_sound(page)
    for name in ("notes.md", "t.txt"):
        page.goto(f"/jobs/{job_id}")
        page.get_by_role("link", name=name).first.click()
        expect(page.get_by_role("heading", name="Markdown", exact=True)).to_be_visible()
        assert_sound(page)


def test_files(page: Page) -> None:
    page.goto("/files/")
    field = page.get_by_label("Files", exact=True)
    texts = {"sound.md": b"# Title\n\nSome *text* and a [link](https://example.com).\n", "sound.pdf": b'{"a": 1}'}
    field.set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": content} for name, content in texts.items()]
    )
    assert_sound(page)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("2 files were added.")).to_be_visible()
    assert_sound(page)
    field.set_input_files({"name": "again.md", "mimeType": "text/plain", "buffer": texts["sound.md"]})
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("Kept, though you have it already: 1 file.")).to_be_visible()
    assert_sound(page)
    page.get_by_label("Choose again.md").check()
    page.get_by_role("button", name="Delete chosen files…").click()
    expect(page.get_by_role("button", name="Delete 1 file")).to_be_visible()
    assert_sound(page)
    for name in texts:
        page.goto("/files/")
        page.get_by_role("link", name=name).first.click()
        expect(page.get_by_role("heading", name="Details")).to_be_visible()
        assert_sound(page)
    page.get_by_role("button", name="Delete…").click()
    assert_sound(page)


def test_the_menus(page: Page) -> None:
    page.goto("/")
    page.locator("summary.avatar").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    assert_sound(page)
    page.set_viewport_size(NARROW)
    page.get_by_label("Pages").first.click()
    expect(page.get_by_role("link", name="Importers")).to_be_visible()
    assert_sound(page, sizes=[NARROW])


def test_the_chosen_theme_is_remembered(page: Page) -> None:
    page.goto("/")
    for theme in ("light", "dark"):
        page.get_by_role("button", name="Change theme").click()
        expect(page.get_by_role("status")).to_have_text(f"Theme: {theme}")
    page.goto("/runs/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_style_sheet_that_comes_late(page: Page) -> None:
    """Tabler's has images that the policy refuses, and ours takes them away: it must not be laid out without ours."""
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/app.css", hold)
    with page.expect_response("**/tabler.min.css") as first:
        page.goto("/runs/new", wait_until="commit")
    first.value.finished()
    assert page.locator("#dry_run").bounding_box()
    late[0].continue_()
    page.wait_for_load_state()


def test_scripts_that_do_not_load(page: Page) -> None:
    """The page as it is without JavaScript; axe itself needs some, so that it can't be switched off."""
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/runs/new")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator(".field-error:visible")).to_have_count(1)
    assert_sound(page)


def assert_sound(page: Page, sizes: Sequence[ViewportSize] = SIZES) -> None:
    """Look at the page in all widths. What the width can change is asked for in each of them, what it can't and what
    the dark can change in the first one: axe takes its time."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    first, *others = sizes
    for size, scheme, rules in (
        (first, "light", ()),
        (first, "dark", ("color-contrast",)),
        *((size, "light", OF_THE_WIDTH) for size in others),
    ):
        assert_fits(page, [size])
        # Colours on their way from one theme to the other aren't meant.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = page.evaluate(FIND, list(rules))
        assert not found, f"{page.url}, {size['width']} px, {scheme}:\n" + "\n".join(found)
