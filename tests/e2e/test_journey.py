"""A newcomer's first hour: from the printed link to the last failed row, recorded in test-results/journey.zip.

`playwright show-trace test-results/journey.zip` plays it back.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.actions import choose_file, drop_file, run_number, slow_line
from tests.support.flights import FAILED_ROWS, ROWS, SAMPLES, UNKNOWN_AIRPORTS, UNKNOWN_PLANES
from tests.support.running import RunningPortal, until

RECORDING = Path(__file__).parents[2] / "test-results" / "journey.zip"

BOTH_UNKNOWN = UNKNOWN_PLANES + UNKNOWN_AIRPORTS - FAILED_ROWS

MISSING_AIRPORTS = """faa,name,lat,lon
BQN,Rafael Hernandez,18.49,-67.13
PSE,Mercedita,18.01,-66.56
SJU,Luis Munoz Marin Intl,18.44,-66.00
STT,Cyril E King,18.34,-64.97
"""


class NewPortal(RunningPortal):
    """A portal that nobody has used, as `make run` starts it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, workers=1)  # else a fast machine is done before anyone has looked
        self._arguments.append("--sign-in-link")

    def printed_link(self) -> str:
        """The link that it prints on its terminal."""
        pattern = re.compile(r"http\S+/sign-in/link/\S+")
        until(lambda: pattern.search(self.log.read_text()), 30, "a link is printed")
        return pattern.findall(self.log.read_text())[0]


@pytest.fixture
def new_portal(tmp_path: Path) -> Iterator[NewPortal]:
    portal = NewPortal(tmp_path / "portal")
    portal.start()
    try:
        yield portal
    finally:
        portal.stop()


@pytest.fixture
def page(new_portal: NewPortal, open_browser: Callable[..., Page]) -> Iterator[Page]:
    """A window whose every step is recorded."""
    page = open_browser(new_portal.url, accept_downloads=True)
    page.context.tracing.start(screenshots=True, snapshots=True)
    yield page
    page.context.tracing.stop(path=RECORDING)


@pytest.mark.slow
def test_a_newcomer_brings_in_a_year_of_flights(
    new_portal: NewPortal, page: Page, flights: Path, tmp_path: Path
) -> None:
    page.goto(new_portal.printed_link())
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    imports_the_sample(page, "Airlines")
    imports_a_file(page, "airports", SAMPLES / "airports.csv")
    imports_a_file(page, "planes", SAMPLES / "planes.csv")

    drops_the_flights(page, flights)
    sees_live_progress(page)
    sees_what_failed(page)
    run_id = run_number(page)
    opens_a_cause(page)

    imports_it_again_and_cancels(page, flights, run_id)

    page.goto(f"/runs/{run_id}")
    tries_the_retry(page, run_id)
    mends_the_airports_and_retries(page, tmp_path, run_id)
    downloads_what_is_left(page, tmp_path)


def imports_the_sample(page: Page, importer: str) -> None:
    page.get_by_role("link", name="Importers").click()
    page.get_by_role("link", name=importer, exact=True).click()
    page.get_by_role("button", name="Import the sample").click()
    expect(badge(page)).to_have_text("Completed")


def imports_a_file(page: Page, importer: str, path: Path) -> None:
    choose_file(page, importer, path)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(badge(page)).to_have_text("Completed")


def drops_the_flights(page: Page, flights: Path) -> None:
    page.goto("/runs/new")
    page.get_by_label("Importer").select_option("Flights")
    expect(page.get_by_role("heading", name="Flights")).to_be_visible()
    drop_file(page, flights)
    with slow_line(page, 15_000_000):
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text(re.compile(r"Uploading: [1-9]\d? %"))).to_be_visible()
        upload = page.get_by_role("progressbar", name="Upload")
        page.wait_for_function("bar => bar.value > 20", arg=upload.element_handle(), timeout=20_000)
        run_number(page)


def sees_live_progress(page: Page) -> None:
    """Seen by what the bar tells a screen reader: it grows, by itself."""
    bar = page.get_by_role("progressbar", name="Progress")
    seen = "() => Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow'))"
    expect(bar).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\d+ % · flights.csv"))
    first = page.wait_for_function(f"() => ({seen})() || false").json_value()
    page.wait_for_function(f"first => ({seen})() > first", arg=first)


def sees_what_failed(page: Page) -> None:
    expect(badge(page)).to_have_text("Completed with errors", timeout=90_000)
    expect(page.get_by_role("progressbar", name="Progress")).to_have_attribute("aria-valuenow", str(ROWS))
    for name, count in (("rows", ROWS), ("imported", ROWS - FAILED_ROWS), ("failed", FAILED_ROWS)):
        figure = page.locator(".figure-item").filter(has=page.get_by_text(name, exact=True))
        expect(figure.get_by_role("definition")).to_have_text(f"{count:,}")
    causes = page.locator("details.cause")
    expect(causes).to_have_count(2)
    expect(causes.nth(0)).to_contain_text(f"{UNKNOWN_PLANES:,}")
    expect(causes.nth(1)).to_contain_text(f"{UNKNOWN_AIRPORTS:,}")
    expect(causes.nth(0)).to_contain_text("Suggested fix. Import the 721 missing planes")


def opens_a_cause(page: Page) -> None:
    """The fewer rows: those of unknown airports."""
    cause = page.locator("details.cause").nth(1)
    cause.locator("summary").click()
    expect(cause).to_contain_text("Suggested fix. Import the 4 missing airports")
    expect(cause.get_by_role("row")).to_have_count(21)
    cause.get_by_role("link", name="Look at all 7,602 rows").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("dest")
    expect(page.locator(".values").get_by_text("“BQN”")).to_be_visible()
    expect(page.get_by_text("Rows 1–20 of 7,602")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Rows 21–40 of 7,602")).to_be_visible()


def imports_it_again_and_cancels(page: Page, flights: Path, earlier: int) -> None:
    choose_file(page, "flights", flights)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("This file was imported before:")).to_be_visible()
    expect(page.get_by_role("link", name=f"run {earlier}")).to_be_visible()
    page.get_by_role("button", name="Import it again").click()
    page.get_by_role("button", name="Cancel…").click()
    page.get_by_role("button", name="Cancel the run").click()
    expect(badge(page)).to_have_text("Cancelled")
    assert run_number(page) != earlier


def tries_the_retry(page: Page, parent: int) -> None:
    page.get_by_role("button", name="Dry-run the retry").click()
    expect(badge(page)).to_have_text("Completed with errors")
    expect(page.get_by_title("A dry run writes nothing")).to_be_visible()
    expect(page.locator("#run-summary")).to_contain_text(f"{FAILED_ROWS:,} would fail")
    page.get_by_role("link", name=f"run {parent}").click()
    expect(page.locator("#run-summary")).to_contain_text(f"{FAILED_ROWS:,} need you")


def mends_the_airports_and_retries(page: Page, folder: Path, parent: int) -> None:
    missing = folder / "missing-airports.csv"
    missing.write_text(MISSING_AIRPORTS)
    imports_a_file(page, "airports", missing)
    page.goto(f"/runs/{parent}")
    page.get_by_role("button", name=f"Retry {FAILED_ROWS:,} failed rows").click()
    expect(badge(page)).to_have_text("Completed with errors")
    settled = UNKNOWN_AIRPORTS - BOTH_UNKNOWN
    expect(page.locator("#run-summary")).to_contain_text(f"{settled:,} of {FAILED_ROWS:,} rows are in")
    page.get_by_role("link", name=f"run {parent}").click()
    expect(page.locator("#run-summary")).to_contain_text(f"{UNKNOWN_PLANES:,} need you")
    expect(page.get_by_text(f"{settled:,} of {FAILED_ROWS:,} failed rows were brought in")).to_be_visible()


def downloads_what_is_left(page: Page, folder: Path) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="Download failed rows").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == UNKNOWN_PLANES
    assert "isn't there" in rows[0]["_error_message"] or "planes" in rows[0]["_error_message"]


def badge(page: Page) -> object:
    """The status beside the headline."""
    return page.locator("h1 .badge").first
