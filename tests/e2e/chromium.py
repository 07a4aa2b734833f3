"""Which Chromium the tests drive, and how."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, Playwright

FIND = Path(__file__).parents[2] / "scripts" / "browser-path"

QUIET = (
    "--no-sandbox",  # containers run as root, where Chromium's own sandbox can't be made
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launch(playwright: Playwright) -> Browser:
    """The browser that `make test` has found, else the one that its script finds now."""
    path = os.environ.get("PORTAL_TEST_BROWSER") or subprocess.check_output([FIND], text=True).strip()
    return playwright.chromium.launch(executable_path=path, args=list(QUIET))
