"""Whether what someone entered can be a webhook."""

from __future__ import annotations

from collections.abc import Sequence

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from portal.errors import BadInput
from portal.importers import find_importer
from portal.sources import PassingProblem, Reach, SourceProblem
from portal.sources.destinations import PORTS, checked_addresses
from portal.webhooks.events import WebhookEvent
from portal.webhooks.models import Webhook

LONGEST_URL = 2000
HIGHEST_PORT = 65_535


def checked_url(text: str, reach: Reach) -> str:
    """`text` as an address to which messages may be sent. Raises BadInput with the field `url`.

    A host that can't be found now is taken: it may be there tomorrow, and each message is checked anew.
    """
    text = text.strip()
    if len(text) > LONGEST_URL:
        raise _refused("url", f"Use at most {LONGEST_URL:,} characters.")
    url = _parsed(text)
    if url.auth:
        raise _refused("url", "Leave user and password out: the signature shows who sends.")
    try:
        checked_addresses(url, reach)
    except PassingProblem:
        pass
    except SourceProblem as error:
        raise _refused("url", f"{error.message} {error.fix}") from None
    return text


def checked_events(events: Sequence[str]) -> list[str]:
    """`events` in their own order, each once. Raises BadInput with the field `events`."""
    unknown = [name for name in events if name not in list(WebhookEvent)]
    if unknown:
        raise _refused("events", f"There is no event {unknown[0]}: choose from {', '.join(WebhookEvent)}.")
    if not events:
        raise _refused("events", "Choose at least one event.")
    return [event.value for event in WebhookEvent if event in events]


def checked_importer(slug: str | None, webhook: Webhook | None = None) -> str | None:
    """`slug`, or None for all importers. Raises BadInput with the field `importer`.

    One that is gone by now may stay where `webhook` has it already.
    """
    if not slug:
        return None
    if find_importer(slug) is None and (webhook is None or webhook.importer != slug):
        raise _refused("importer", f"There is no importer {slug}.")
    return slug


def _parsed(text: str) -> Url:
    try:
        url = parse_url(text)
    except LocationParseError:
        url = Url()
    sound = text.isprintable() and " " not in text and (url.port is None or 0 < url.port <= HIGHEST_PORT)
    if not sound or url.scheme not in PORTS or not url.host or url.fragment:
        raise _refused("url", "Enter an address such as https://example.com/hooks, beginning with https:// or http://.")
    return url


def _refused(field: str, message: str) -> BadInput:
    return BadInput(message, errors={field: [message]})
