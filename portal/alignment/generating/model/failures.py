"""Why a language model wrote nothing: for each cause a sentence, and what to do about it. Pure.

Neither ever holds the key. What an endpoint says itself is shown only where it has nothing of it: some repeat a part.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from portal.alignment.generating.model.endpoint import Endpoint
from portal.alignment.generating.pairs import GenerationFailed

BUSY = frozenset({408, 409, 425, 429})
UNFIT = frozenset({400, 422})
TOO_LONG_SAID = ("context_length", "context length", "context window", "too long", "too many tokens", "maximum context")
NO_CREDIT_SAID = ("insufficient_quota", "billing_hard_limit", "credit balance", "insufficient credit")
SECRET_PART = 6
"""As many characters of the key in an endpoint's words keep them from being shown."""
MOST_SAID = 300

LATER = "Nothing needs to be done if it passes; otherwise ask your administrator whether the language model is running."
CHECK_ADDRESS = (
    "Ask your administrator to check LLM_BASE_URL: the address of an OpenAI-compatible API, often ending in /v1."
)


class PassageTooLong(GenerationFailed):
    """More than the model can read at once."""


def unreachable(endpoint: Endpoint) -> GenerationFailed:
    return GenerationFailed(f"The language model at {endpoint.host} can't be reached.", fix=LATER, passes=True)


def timed_out(endpoint: Endpoint) -> GenerationFailed:
    return GenerationFailed(
        f"The language model at {endpoint.host} gave no answer within {endpoint.timeout_seconds:g} seconds.",
        fix="Start it again later, or ask your administrator to raise LLM_TIMEOUT_SECONDS.",
        passes=True,
    )


def broke_off(endpoint: Endpoint) -> GenerationFailed:
    return GenerationFailed(f"The language model at {endpoint.host} broke the connection off.", fix=LATER, passes=True)


def untrusted(endpoint: Endpoint, why: str) -> GenerationFailed:
    return GenerationFailed(
        f"The language model at {endpoint.host} can't prove who it is: {why}.",
        fix="Ask your administrator to mend its certificate, or to name its authority in SSL_CERT_FILE.",
    )


def too_large(endpoint: Endpoint) -> GenerationFailed:
    return GenerationFailed(
        f"The language model at {endpoint.host} answered with more than {endpoint.max_bytes / (1 << 20):g} MB.",
        fix=CHECK_ADDRESS,
    )


def unreadable(endpoint: Endpoint) -> GenerationFailed:
    return GenerationFailed(
        f"What {endpoint.host} answers isn't an answer of a language model's API.", fix=CHECK_ADDRESS
    )


def too_expensive(name: str, most: int) -> GenerationFailed:
    return GenerationFailed(
        f"{name} would take more than {most:,} tokens of the language model.",
        fix="Split the document, or ask your administrator to raise LLM_MAX_TOKENS_PER_DOCUMENT.",
    )


def meaning_of(status: int, body: bytes, endpoint: Endpoint) -> GenerationFailed:
    """What an answer other than 200 says."""
    said = said_in(body)
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return GenerationFailed(
            "The language model refused the key.", fix="Ask your administrator to check LLM_API_KEY."
        )
    if status == HTTPStatus.PAYMENT_REQUIRED or _has(said, NO_CREDIT_SAID):
        return GenerationFailed(
            f"The account at {endpoint.host} has no credit left.", fix="Ask your administrator to add credit there."
        )
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or (status in UNFIT and _has(said, TOO_LONG_SAID)):
        return PassageTooLong(
            f"The language model {endpoint.model} can't read so much text at once.",
            fix="Shorten the instructions, or ask your administrator for a model with a longer context in LLM_MODEL.",
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in BUSY:
        return GenerationFailed(
            f"The language model at {endpoint.host} is busy or out of order ({status}).", fix=LATER, passes=True
        )
    return _refusal(status, said, endpoint)


def status_in(body: bytes) -> int | None:
    """The status of an error that was answered instead of a reply, None where there is no error."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    error = answer.get("error") if isinstance(answer, dict) and not answer.get("choices") else None
    if not error:
        return None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and 400 <= code < 600 else HTTPStatus.BAD_GATEWAY


def said_in(body: bytes) -> str:
    """The endpoint's own words about an error: its code, parameter and message in one line."""
    try:
        error = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    error = error.get("error", error) if isinstance(error, dict) else error
    if not isinstance(error, dict):
        return _line(error)
    return " ".join(filter(None, (_line(error.get(key)) for key in ("code", "param", "message", "detail"))))


def _refusal(status: int, said: str, endpoint: Endpoint) -> GenerationFailed:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        message = f"{endpoint.host} redirects to another address ({status}), which isn't followed with the key."
        return GenerationFailed(message, fix="Ask your administrator to put the final address into LLM_BASE_URL.")
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED):
        message = f"{endpoint.host} knows no language model {endpoint.model} at this address ({status})."
        return GenerationFailed(message, fix="Ask your administrator to check LLM_MODEL and LLM_BASE_URL.")
    shown = f": {said[:MOST_SAID]}" if said and not _has_secret(said, endpoint.api_key) else "."
    message = f"The language model at {endpoint.host} refused the request ({status}){shown}"
    return GenerationFailed(message, fix="Ask your administrator to check LLM_MODEL and what its endpoint takes.")


def _has_secret(said: str, key: str) -> bool:
    parts = {key[start : start + SECRET_PART] for start in range(max(len(key) - SECRET_PART + 1, 1))} if key else ()
    return any(part in said for part in parts)


def _has(said: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in said.lower() for phrase in phrases)


def _line(value: Any) -> str:
    text = value if isinstance(value, str | int) else ""
    return "".join(character for character in " ".join(str(text).split()) if character.isprintable())
