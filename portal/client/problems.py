"""What can go wrong between here and a portal elsewhere, in sentences."""

from __future__ import annotations

import json
import os
from http import HTTPStatus
from typing import Any

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import (
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    SSLError,
    TimeoutError,
)

from portal.errors import PortalError


def refusal(url: str, response: BaseHTTPResponse) -> PortalError:
    """Why the portal at `url` says no, or that what answers there is no portal."""
    if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:
        place = response.headers.get("Location", "another address")
        return PortalError(f"{url} only leads on, to {place}.", fix="Give the final address as --url.")
    problem = _problem(response)
    if problem is not None:
        return PortalError(problem["detail"], fix=_what_to_do(response.status, problem), errors=problem.get("errors"))
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return PortalError(f"The portal at {url} doesn't answer as it should (status {response.status}).")
    return PortalError(
        f"What answers at {url} is no portal (status {response.status}).", fix="Check the address given as --url."
    )


def unreachable(url: str, error: HTTPError) -> PortalError:
    """Why nothing came back from `url`, or less than was announced."""
    reason = error.reason if isinstance(error, MaxRetryError) else error
    match reason:
        case SSLError():
            return PortalError(
                f"The certificate of {url} isn't trusted: {_last(reason)}.",
                fix="Name a file with the certificate of who signed it in SSL_CERT_FILE.",
            )
        case NameResolutionError():
            return PortalError(f"No portal can be reached at {url}: there is no host of that name.")
        case ProtocolError():
            return PortalError(f"The connection to {url} broke off.", fix="Try again.")
        case TimeoutError() if not isinstance(reason, NewConnectionError):
            return PortalError(f"The portal at {url} didn't answer in time.", fix="Try again in a moment.")
    return PortalError(f"The portal at {url} can't be reached: {_last(reason)}.", fix="Is it running?")


def _problem(response: BaseHTTPResponse) -> dict[str, Any] | None:
    """The problem details (RFC 9457) in the answer, None where there are none."""
    if not response.headers.get("Content-Type", "").startswith("application/problem+json"):
        return None
    try:
        found = json.loads(response.data)
    except (ValueError, HTTPError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("detail"), str) else None


def _what_to_do(status: int, problem: dict[str, Any]) -> str:
    if status == HTTPStatus.UNAUTHORIZED:
        return "Set PORTAL_TOKEN to a token that works there."
    return str(problem.get("fix") or "")


def _last(error: BaseException | None) -> str:
    """The words of the cause of all: what the system or TLS said."""
    while error is not None and (inner := _inner(error)) is not None:
        error = inner
    if isinstance(error, OSError) and error.errno and not getattr(error, "verify_message", ""):
        return os.strerror(error.errno)
    return str(getattr(error, "verify_message", "") or error or "unknown").rstrip(".")


def _inner(error: BaseException) -> BaseException | None:
    found = error.__cause__ or error.__context__
    return found or next((part for part in error.args if isinstance(part, BaseException)), None)
