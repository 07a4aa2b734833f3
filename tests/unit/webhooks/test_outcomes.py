"""What follows from an attempt to deliver."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from portal.sources.posting import Answer
from portal.webhooks.engine.outcomes import LONGEST_PAUSE, PAUSES, Attempt, next_pause


def answered(status: int, retry_after: str = "", body: bytes = b"") -> Attempt:
    return Attempt(5, Answer(status, body, retry_after))


@pytest.mark.parametrize(
    ("status", "delivered"),
    [(199, False), (200, True), (204, True), (299, True), (300, False), (304, False), (404, False), (500, False)],
)
def test_what_counts_as_delivered(status: int, delivered: bool) -> None:
    assert answered(status).is_delivered == delivered
    assert (answered(status).error is None) == delivered


def test_pauses_grow_and_end() -> None:
    pauses = [next_pause(answered(500), number) for number in range(1, len(PAUSES) + 2)]
    assert pauses[-1] is None
    for pause, least in zip(pauses[:-1], PAUSES, strict=True):
        assert least <= pause <= least * 1.1
    assert len({next_pause(answered(500), 7) for _ in range(20)}) > 1, "What failed together comes apart."


@pytest.mark.parametrize("asked", ["", "soon", "-5", "9" * 6000, "Mon, 99 Foo 99999", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_what_is_no_time_to_wait_for_changes_nothing(asked: str) -> None:
    assert next_pause(answered(503, asked), 1) <= (LONGEST_PAUSE if asked.startswith("9") else 11)


def test_a_date_may_say_when_to_come_again() -> None:
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert next_pause(answered(503, in_an_hour), 1) == pytest.approx(3600, abs=5)


def test_no_answer_is_tried_again_and_gone_is_not() -> None:
    silent = Attempt(5, problem="It is away.")
    assert (silent.error, silent.shown_body, next_pause(silent, 1) is None) == ("It is away.", None, False)
    assert next_pause(answered(410), 1) is None
