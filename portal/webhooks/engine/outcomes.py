"""What follows from an attempt to deliver: done, given up, or tried again and when. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass
from http import HTTPStatus

from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from portal.sources.posting import Answer

MINUTE, HOUR = 60, 3600
PAUSES = (10, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR)
"""Seconds from one attempt to the next."""
LONGEST_PAUSE = 12 * HOUR
JITTER = 0.1
"""By which part of itself a pause may be longer, so that what failed together doesn't come again together."""
BODY_SHOWN = 1000


@dataclass(frozen=True)
class Attempt:
    """What came of one attempt: an `answer`, or else `problem`, a sentence."""

    milliseconds: int
    answer: Answer | None = None
    problem: str = ""

    @property
    def is_delivered(self) -> bool:
        return self.answer is not None and HTTPStatus.OK <= self.answer.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def is_unwanted(self) -> bool:
        """Whether the receiver says that it wants no more of these."""
        return self.answer is not None and self.answer.status == HTTPStatus.GONE

    @property
    def error(self) -> str | None:
        """Why it failed, in a sentence; None when it didn't."""
        if self.is_delivered:
            return None
        return _refusal(self.answer.status) if self.answer else self.problem

    @property
    def shown_body(self) -> str | None:
        """The beginning of the answer as text that every database can hold."""
        if self.answer is None:
            return None
        return self.answer.body.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")[:BODY_SHOWN]


def next_pause(attempt: Attempt, number: int) -> float | None:
    """Seconds until the message is tried again after the attempt `number` (from 1) failed; None to give it up.

    A receiver may ask for more patience (`Retry-After`), within bounds.
    """
    if attempt.is_unwanted or number > len(PAUSES):
        return None
    pause = PAUSES[number - 1] * (1 + random.uniform(0, JITTER))  # noqa: S311 - spreads load, keeps no secret
    return max(pause, _asked_for(attempt))


def _asked_for(attempt: Attempt) -> float:
    try:
        asked = attempt.answer.retry_after if attempt.answer else ""
        return Retry(retry_after_max=LONGEST_PAUSE).parse_retry_after(asked)
    except (InvalidHeader, ValueError, OverflowError):  # no time that exists
        return 0


def _refusal(status: int) -> str:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return f"It answers {status}, a redirect, which isn’t followed: put the final address into the webhook."
    if status == HTTPStatus.GONE:
        return "It answers 410: it wants no more messages, so the webhook was paused."
    return f"It answers {status} instead of a status from 200 to 299."
