"""A browser, a portal for all tests, people who are signed in. Every page is watched for complaints of the browser.

They end with the last test of this folder: workers that wait would take their time from all tests that follow.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright

from tests.e2e.actions import link_for_new_user
from tests.e2e.chromium import launch
from tests.e2e.watching import Complaints
from tests.support.flights import flights_csv
from tests.support.importers import TABLES
from tests.support.lab import IMPORTERS
from tests.support.running import RunningPortal, running_portal

EVERYTHING = str(Path(IMPORTERS).with_name("everything.py"))

PATIENCE = 20_000
"""Milliseconds that a condition may take on a machine that has other things to do."""

ADMIN = "admin@example.com"

Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright, launch(playwright) as chromium:
        yield chromium


@pytest.fixture(scope="package")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """The portal that tests share, with the importers of `tests/support/importers.py`; people keep them apart."""
    folder = tmp_path_factory.mktemp("e2e") / "portal"
    with running_portal(folder, PORTAL_IMPORTERS=f"{IMPORTERS},{EVERYTHING}") as running:
        for statement in TABLES:
            running.write(statement)
        yield running


class WebAlone(RunningPortal):
    """A web server without workers: what is started waits for ever. It takes files of at most 1 MB."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, PORTAL_MAX_UPLOAD_MB="1")
        self._arguments = ["web", "--port", str(self.port)]

    def kill(self) -> None:
        """End it at once. To end in good order, it would wait ten seconds for a page that asks again and again."""
        assert self.process is not None
        for pid in (self.process.pid, *self.web_pids()):
            os.kill(pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture(scope="module")
def web_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebAlone]:
    """It may be stopped and started again."""
    portal = WebAlone(tmp_path_factory.mktemp("web_alone"))
    portal.must("db", "upgrade")
    portal.start()
    try:
        yield portal
    finally:
        portal.stop()


@pytest.fixture(scope="session")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole file of flights."""
    return flights_csv(tmp_path_factory.mktemp("flights"))


@pytest.fixture(scope="package")
def session_of(browser: Browser, portal: RunningPortal) -> Iterator[Callable[[str, str], StorageState]]:
    """The cookies of someone who is signed in. Everyone signs in once; the admin brings the others in."""
    known: dict[str, StorageState] = {}

    def signed_in(link: str) -> StorageState:
        with browser.new_context() as context:
            assert context.request.get(link).ok
            return context.storage_state()

    known[ADMIN] = signed_in(portal.sign_in_link(ADMIN, "admin"))
    with browser.new_context(base_url=portal.url, storage_state=known[ADMIN]) as admin:

        def session(email: str, role: str) -> StorageState:
            if email not in known:
                known[email] = signed_in(link_for_new_user(admin.request, email, role))
            return known[email]

        yield session


@pytest.fixture
def open_browser(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A window of its own at `base_url`; keywords are those of Playwright's `new_context`."""
    complaints = Complaints()
    contexts: list[BrowserContext] = []

    def open_one(base_url: str, **options: Any) -> Page:
        context = browser.new_context(base_url=base_url, **({"viewport": {"width": 1320, "height": 900}} | options))
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return complaints.watch(context.new_page())

    yield open_one
    for context in contexts:
        context.close()
    complaints.assert_none()


@pytest.fixture
def visit(
    open_browser: Callable[..., Page], portal: RunningPortal, session_of: Callable[[str, str], StorageState]
) -> Visit:
    """Someone at the shared portal: `visit("operator")`, `visit("auditor", java_script_enabled=False)`.

    An `email` makes them someone else with that role; role "" isn't signed in.
    """

    def page(role: str = "operator", email: str = "", **options: Any) -> Page:
        if role:
            options["storage_state"] = session_of(email or f"{role}@example.com", role)
        return open_browser(portal.url, **options)

    return page
