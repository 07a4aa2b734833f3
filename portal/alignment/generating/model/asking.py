"""Asking a language model: requests in the form that its endpoint takes, again where it is busy for the moment."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from http import HTTPStatus
from typing import Any, TypedDict

from portal.alignment.generating.model import failures
from portal.alignment.generating.model.connection import Answer, post
from portal.alignment.generating.model.endpoint import Endpoint
from portal.alignment.generating.model.patience import Patience
from portal.alignment.generating.model.replies import Reply, reply_in
from portal.alignment.generating.model.stopping import Stop
from portal.alignment.generating.pairs import GenerationFailed

MOST_TOKENS = 4096
"""That a reply may have."""
MOST_TOKENS_WITH_THOUGHTS = 16_384
"""Of models that take only `max_completion_tokens`, which counts what they think, too:
https://platform.openai.com/docs/guides/reasoning."""


class Message(TypedDict):
    """One of a conversation, as the API has it."""

    role: str
    content: str


class Asker:
    """Asks one endpoint, with at most `at_once` requests under way at a time. Safe to be used by several threads."""

    def __init__(self, endpoint: Endpoint, patience: Patience | None = None, *, at_once: int = 4) -> None:
        self.endpoint = endpoint
        self.at_once = at_once
        self._patience = patience or Patience()
        self._places = threading.BoundedSemaphore(at_once)
        self._refused: set[str] = set()

    def ask(self, messages: list[Message], stop: Stop, *, as_json: bool) -> Reply:
        """What the model replies. Raises Cancelled when `stop` is set, GenerationFailed when there is no reply."""
        options = self._options(as_json)
        body = json.dumps({"model": self.endpoint.model, "messages": messages, **options}).encode()
        answer = self._answer(body, stop)
        if answer.status == HTTPStatus.OK:
            return reply_in(answer.body, self.endpoint, sum(len(message["content"]) for message in messages))
        if answer.status in failures.UNFIT and (names := _named(options, answer)):
            self._refused |= names
            return self.ask(messages, stop, as_json=as_json)
        raise failures.meaning_of(answer.status, answer.body, self.endpoint)

    def _options(self, as_json: bool) -> dict[str, Any]:
        """What not every endpoint takes, without that which this one has refused before."""
        options: dict[str, Any] = {"temperature": 0, "max_tokens": MOST_TOKENS}
        if as_json:
            options["response_format"] = {"type": "json_object"}
        if "max_tokens" in self._refused:
            options["max_completion_tokens"] = MOST_TOKENS_WITH_THOUGHTS
        return {name: value for name, value in options.items() if name not in self._refused}

    def _answer(self, body: bytes, stop: Stop) -> Answer:
        """The first answer that isn't one of an endpoint that is busy. Raises the last failure when it stays so."""
        tried = 0
        while True:
            tried += 1
            answer, failure = self._try(body, stop)
            if failure is None:
                return answer
            pause = self._patience.pause(tried, answer.retry_after)
            if pause is None:
                raise failure
            stop.pause(pause)

    def _try(self, body: bytes, stop: Stop) -> tuple[Answer, GenerationFailed | None]:
        """The answer, and the failure that may pass."""
        try:
            with stop.turn(self._places):
                answer = _told_by_status(post(self.endpoint, body, stop))
        except GenerationFailed as error:
            if not error.passes:
                raise
            return Answer(0, b""), error
        if answer.status == HTTPStatus.OK:
            return answer, None
        meaning = failures.meaning_of(answer.status, answer.body, self.endpoint)
        return answer, meaning if meaning.passes else None


def _told_by_status(answer: Answer) -> Answer:
    """The answer with the status of the error in it: relays that have begun to answer can't send another one."""
    status = failures.status_in(answer.body) if answer.status == HTTPStatus.OK else None
    return replace(answer, status=status) if status else answer


def _named(options: dict[str, Any], answer: Answer) -> set[str]:
    """The options that the refusal speaks of."""
    said = failures.said_in(answer.body) or answer.body.decode(errors="replace")
    return {name for name in options if name in said}
