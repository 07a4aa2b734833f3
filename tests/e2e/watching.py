"""What a browser complains about while a page is used: errors of scripts, refusals of the policy, broken parts."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Page, Response

# An answer of 4xx that a test provokes stands in the console too; `Response`s tell what is wrong with it.
EXPECTED = ("Failed to load resource", "Response Status Error Code")


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
