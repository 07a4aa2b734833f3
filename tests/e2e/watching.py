"""What a browser complains about while a page is used: errors of scripts, refusals of the policy, broken parts."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import ConsoleMessage, Page, Response, ViewportSize

WIDE: ViewportSize = {"width": 1320, "height": 900}
NARROW: ViewportSize = {"width": 360, "height": 740}
SIZES = (WIDE, NARROW)

TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.querySelectorAll("body *")].filter(node => node.getBoundingClientRect().right > innerWidth + 1)
    .map(node => node.outerHTML.slice(0, 120))"""

# Tests provoke answers of 4xx and stop the server; what is wrong with an answer, its status tells.
EXPECTED = ("Failed to load resource", "Response Status Error Code", "htmx:sendError", "htmx:afterRequest")


class Complaints:
    """Gathers the complaints of the pages that it watches."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def watch(self, page: Page) -> Page:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._found.append(f"{page.url}: {error}"))
        page.on("response", self._response)
        return page

    def assert_none(self) -> None:
        assert not self._found, "\n".join(self._found)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self._found.append(f"{message.location.get('url')}: {message.text}")

    def _response(self, response: Response) -> None:
        broken_part = response.status >= 400 and "/static/" in response.url
        if response.status >= 500 or broken_part:
            self._found.append(f"{response.status} for {response.url}")


def assert_fits(page: Page, sizes: Sequence[ViewportSize] = SIZES) -> None:
    """The page as a whole doesn't scroll sideways, wide or narrow."""
    for size in sizes:
        page.set_viewport_size(size)
        too_wide = page.evaluate(TOO_WIDE)
        assert not too_wide, f"{page.url} is wider than {size['width']} px: " + "\n".join(too_wide[:5])
