"""Pictures of every page in its main states: `python -m tests.e2e.screenshots [FOLDER]`, or `make screenshots`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.e2e.actions import (
    finished_run,
    link_for_new_user,
    new_data_job,
    paused_workers,
    run_without_its_file,
    send_file,
)
from tests.e2e.chromium import launch
from tests.support.flights import SAMPLES, first_flights, flights_csv
from tests.support.running import RunningPortal, running_portal, until

FOLDER = Path(sys.argv[1]) if sys.argv[1:] else Path(__file__).parents[2] / "docs" / "screenshots"

WIDE: ViewportSize = {"width": 1320, "height": 860}
NARROW: ViewportSize = {"width": 360, "height": 740}
TALL = {"wide": 1080, "narrow": 1600}
SHORT = {"wide": 700, "narrow": 740}
"""Pixels; what is below is cut off."""

DOCUMENTS = {
    "Questions.html": "<h1>Questions</h1><h2>Leave</h2><table><tr><th>Years</th><th>Days</th></tr>"
    "<tr><td>0 to 2</td><td>25</td></tr><tr><td>3 to 5</td><td>27</td></tr></table><p>Ask <em>before</em> it.</p>",
    "Glossary.md": "# Glossary\n\n* **Lead**: who you ask first.\n",
    "Prices.csv": "item,price\nPump,100\nValve,12\n",
    "Minutes.txt": "Doors close at six.\n",
    "Policy.pdf": "%PDF-1.7\n1 0 obj",
    "Draft.txt": " ",
}
"""Two of them can't be converted."""
READY = {"Terms.md": "# Terms\n\n* **Lead**: who you ask first.\n", "Roles.md": "# Roles\n\nAll of them.\n"}

TRAINING = {
    "Handbook.md": "# Handbook\n\n## Leave\n\nEvery colleague has 25 days of leave a year, and 27 after three years. "
    "Leave is granted by the lead of the team, who answers within a week. What is left at the end of the year can be "
    "taken until the end of March.\n\n## Tools\n\nThese tools hang in the workshop:\n\n- Hammers hang beside the door."
    "\n- Saws hang beside the window.\n- Files lie in the drawer below.\n\n| Years | Days |\n|---|---|\n| 0 to 2 | 25 |"
    "\n| 3 to 5 | 27 |\n",
    "Glossary.md": "# Glossary\n\n**Lead**: the person whom one asks first.\n\n**Team**: all who share a lead.\n",
}

MISSING_AIRPORTS = "faa,name,lat,lon\nBQN,Rafael Hernandez,18.49,-67.13\nSJU,Luis Munoz Marin Intl,18.44,-66.00\n"
LOOKS = (("wide", "light", WIDE), ("wide", "dark", WIDE), ("narrow", "light", NARROW))


class Photographer:
    """Signed in as `page`; takes each picture wide and light, wide and dark, narrow and light."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def take(self, name: str, address: str = "", heights: dict[str, int] = TALL) -> None:
        """A picture of `address`, by default of the page as it is."""
        if address:
            self.page.goto(address)
        for size_name, scheme, size in LOOKS:
            self.page.set_viewport_size(size)
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            self._rows_are_there()
            height = int(self.page.evaluate("document.documentElement.scrollHeight"))
            area = {"x": 0, "y": 0, "width": size["width"], "height": min(height, heights[size_name])}
            path = FOLDER / f"{name}-{size_name}-{scheme}.png"
            self.page.screenshot(path=path, full_page=True, clip=area, animations="disabled")  # type: ignore[arg-type]

    def _rows_are_there(self) -> None:
        """Those of an open cause are fetched once they are in sight."""
        self.page.evaluate("document.querySelector('details[open] .cause-wait')?.scrollIntoView()")
        expect(self.page.locator("details[open] .cause-wait")).to_have_count(0)
        self.page.evaluate("scrollTo(0, 0)")


def main() -> None:
    """Start a portal, fill it, take all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_portal(Path(folder) / "portal") as portal,
        sync_playwright() as playwright,
        launch(playwright) as browser,
    ):
        flights = flights_csv(Path(folder))
        admin = sign_in(browser, portal, portal.sign_in_link("ann@example.com", "admin"))
        take_the_beginning(browser, portal, admin)
        referred(portal, admin.page)
        take_imports(portal, admin, flights)
        take_runs(portal, admin, flights)
        take_data_jobs(portal, admin)
        take_training_data(portal, admin)
        take_files(admin)
        take_the_rest(admin)


def sign_in(browser: Browser, portal: RunningPortal, link: str) -> Photographer:
    context = browser.new_context(base_url=portal.url, viewport=WIDE)
    page = context.new_page()
    page.goto(link)
    return Photographer(page)


def take_the_beginning(browser: Browser, portal: RunningPortal, admin: Photographer) -> None:
    admin.take("dashboard-new", "/")
    nobody = Photographer(browser.new_context(base_url=portal.url).new_page())
    nobody.take("sign-in", "/sign-in")
    for email, role in (("bob@example.com", "operator"), ("eve@example.com", "auditor")):
        link = link_for_new_user(admin.page.request, email, role)
    auditor = sign_in(browser, portal, link)
    auditor.take("error-403", "/runs/new")
    auditor.take("runs-empty", "/runs/")


def referred(portal: RunningPortal, page: Page) -> None:
    for slug in ("airlines", "airports", "planes"):
        finished_run(portal, page, slug, f"{slug}.csv", (SAMPLES / f"{slug}.csv").read_bytes())


def take_imports(portal: RunningPortal, admin: Photographer, flights: Path) -> None:
    page = admin.page
    page.goto("/runs/new?importer=flights")
    page.locator("#file").set_input_files(flights)
    admin.take("new-import")
    page.goto("/runs/new?importer=flights")
    page.locator("#file").set_input_files(SAMPLES / "airlines.csv")
    page.get_by_role("button", name="Import", exact=True).click()
    page.locator("#file-error").wait_for()
    admin.take("new-import-errors")
    page.goto("/runs/new?importer=airlines")
    page.locator("#file").set_input_files(SAMPLES / "airlines.csv")
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("This file was imported before").wait_for()
    admin.take("new-import-again")
    run_id = finished_run(portal, page, "airports", "airports.csv", (SAMPLES / "airports.csv").read_bytes())
    admin.take("run-completed", f"/runs/{run_id}")


def take_runs(portal: RunningPortal, admin: Photographer, flights: Path) -> None:
    january = first_flights(flights, flights.with_name("flights-january.csv"), 27_004).read_bytes()
    dry = finished_run(portal, admin.page, "flights", "flights-january.csv", january, dry_run="y")
    admin.take("run-dry", f"/runs/{dry}", SHORT)
    take_a_run_at_work(portal, admin, flights.read_bytes())
    take_a_run_with_failed_rows(portal, admin, flights.read_bytes())
    admin.take("run-failed", f"/runs/{run_without_its_file(portal, admin.page)}")


def take_a_run_at_work(portal: RunningPortal, admin: Photographer, flights: bytes) -> None:
    page = admin.page
    run_id = send_file(page, "flights", "flights.csv", flights)
    until(lambda: processed(portal, run_id) > 120_000, 60, "a third is done")
    with paused_workers(portal):
        admin.take("run-live", f"/runs/{run_id}")
        admin.take("dashboard-live", "/", SHORT)
        page.goto(f"/runs/{run_id}")
        page.get_by_role("button", name="Cancel…").click()
        admin.take("run-cancel", heights=SHORT)
        page.get_by_role("button", name="Cancel the run").click()
        page.get_by_text("Cancelling").first.wait_for()
    portal.wait_for_run(run_id)
    admin.take("run-cancelled", f"/runs/{run_id}", SHORT)


def take_a_run_with_failed_rows(portal: RunningPortal, admin: Photographer, flights: bytes) -> None:
    page = admin.page
    run_id = finished_run(portal, page, "flights", "flights.csv", flights)
    admin.take("run", f"/runs/{run_id}")
    admin.take("group", f"/runs/{run_id}/groups/dest.lookup")
    page.get_by_role("link", name="Edit").or_(page.get_by_role("button", name="Edit")).first.click()
    page.get_by_role("button", name="Save").wait_for()
    admin.take("row-edited-in-place")
    page.goto(f"/runs/{run_id}/groups/dest.lookup")
    page.locator("tbody th a").first.click()
    admin.take("row")
    admin.take("timeline", f"/runs/{run_id}/timeline", SHORT)
    page.goto(f"/runs/{run_id}")
    page.get_by_role("button", name="Upload corrected file…").click()
    admin.take("run-correct", heights=SHORT)
    finished_run(portal, page, "airports", "missing-airports.csv", MISSING_AIRPORTS)
    page.goto(f"/runs/{run_id}")
    page.get_by_role("button", name="failed rows").last.click()
    portal.wait_for_run(int(page.url.rsplit("/", 1)[1]))
    admin.take("run-retried", f"/runs/{run_id}", SHORT)


def take_data_jobs(portal: RunningPortal, admin: Photographer) -> None:
    page = admin.page
    admin.take("files-empty", "/files/", SHORT)
    admin.take("data-jobs-empty", "/jobs/", SHORT)
    admin.take("data-job-new", "/jobs/new")
    with paused_workers(portal):
        job_id = new_data_job(page, "Handbooks 2026", DOCUMENTS)
        admin.take("data-job-live", f"/jobs/{job_id}")
        admin.take("data-jobs", "/jobs/", SHORT)
    page.goto(f"/jobs/{job_id}")
    page.locator("h1").get_by_text("Needs review").wait_for()
    page.locator(".file-replace summary").first.click()
    admin.take("data-job")
    page.get_by_role("link", name="Questions.html").click()
    page.get_by_role("heading", name="Leave").wait_for()
    admin.take("data-job-file")
    admin.take("data-job-library", f"/jobs/{job_id}/files/add", SHORT)
    admin.take("data-job-ready", f"/jobs/{new_data_job(page, 'Glossaries', READY)}", SHORT)


def take_training_data(portal: RunningPortal, admin: Photographer) -> None:
    page = admin.page
    admin.take("training-data-empty", "/alignments/", SHORT)
    page.goto(f"/jobs/{new_data_job(page, 'Handbooks for training', TRAINING)}")
    page.get_by_role("button", name="Suggest one").click()
    page.get_by_role("button", name="Use this").wait_for()
    admin.take("data-job-suggestion", heights=SHORT)
    page.get_by_role("button", name="Start…").click()
    admin.take("data-job-start", heights=SHORT)
    with paused_workers(portal):
        page.get_by_role("button", name="Start", exact=True).click()
        page.locator("h1").get_by_text("Queued").wait_for()
        admin.take("data-job-started", heights=SHORT)
    page.locator("h1").get_by_text("Completed").wait_for()
    admin.take("data-job-completed", page.url, SHORT)
    page.get_by_role("link", name="Look through the pairs").click()
    admin.take("pairs")
    page.get_by_role("button", name="Drop").nth(1).click()
    page.get_by_role("button", name="Undo").wait_for()
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_role("button", name="Save").wait_for()
    admin.take("pair-edited-in-place", heights=SHORT)
    page.goto(page.url)
    admin.take("pair", str(page.get_by_role("link", name="Edit").first.get_attribute("href")), SHORT)
    admin.take("training-data-list", "/alignments/", SHORT)
    page.locator("tbody a").first.click()
    admin.take("training-data", heights=SHORT)
    admin.take("training-data-new", "/alignments/new", SHORT)


def take_files(admin: Photographer) -> None:
    """The library, which has what the data jobs brought along."""
    page = admin.page
    admin.take("files", "/files/")
    page.get_by_role("link", name="Questions.html").click()
    page.get_by_role("heading", name="Details").wait_for()
    admin.take("file", heights=SHORT)


def take_the_rest(admin: Photographer) -> None:
    page = admin.page
    page.goto("/tokens")
    page.get_by_label("Name").fill("Nightly import")
    page.get_by_role("button", name="Create token").click()
    admin.take("token-new")
    page.goto("/webhooks/new")
    page.get_by_label("Address").fill("https://hooks.example.com/in")
    admin.take("webhook-new")
    page.get_by_role("button", name="Create webhook").click()
    page.get_by_role("heading", name="Deliveries").wait_for()
    admin.take("webhook")
    for name, address in (
        ("dashboard", "/"),
        ("runs", "/runs/"),
        ("importers", "/importers/"),
        ("importer", "/importers/flights"),
        ("users", "/users"),
        ("user", "/users/2"),
        ("tokens", "/tokens"),
        ("account", "/account"),
        ("webhooks", "/webhooks/"),
        ("api", "/api-reference"),
        ("error-404", "/runs/4711"),
    ):
        admin.take(name, address)


def processed(portal: RunningPortal, run_id: int) -> int:
    query = "SELECT successful + failed + skipped FROM ingest_runs WHERE id = ?"
    return int(portal.rows(query, run_id)[0][0])


if __name__ == "__main__":
    main()
