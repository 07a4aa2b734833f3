"""How a job stands, in words."""

from __future__ import annotations

from typing import Any

import pytest

from portal.alignment.models import AlignmentJob, AlignmentStep, StepKey
from portal.alignment.queries import AlignmentSummary
from portal.alignment.wording import detailed_message, status_message
from portal.database import utcnow
from portal.lifecycle import AlignmentStatus

SUMMARY = AlignmentSummary(sources=10, sources_done=3, kept=1_200)


def job(status: AlignmentStatus, finished: int = 0, **values: Any) -> AlignmentJob:
    """With so many of its steps finished."""
    steps = [
        AlignmentStep(number=number, key=key, finished_at=utcnow() if number < finished else None)
        for number, key in enumerate(StepKey)
    ]
    return AlignmentJob(**{"status": status, "steps": steps, "pairs_version": 0, "written_version": 0} | values)


@pytest.mark.parametrize(
    ("finished", "words"),
    [
        (0, "Questions and answers are being made: 3 of 10 documents are done."),
        (1, "Pairs that ask and answer the same are being looked for."),
        (2, "1,200 questions with their answers are being written into the files."),
        (3, "1,200 questions with their answers are being written into the files."),
    ],
)
def test_each_step(finished: int, words: str) -> None:
    assert detailed_message(job(AlignmentStatus.RUNNING, finished), SUMMARY) == words


def test_what_came_of_it() -> None:
    done = job(AlignmentStatus.COMPLETED, 3)
    one = AlignmentSummary(sources=1, sources_done=1, kept=1)
    assert detailed_message(done, one) == ("The training data is in the library. 1 question with its answer is in it.")
    changed = job(AlignmentStatus.COMPLETED, 3, pairs_version=1)
    assert status_message(changed) == "Pairs were changed: the files of training data are being written again."


def test_why_it_failed_and_what_to_do() -> None:
    failed = job(AlignmentStatus.FAILED, error_message="guide.md is gone.", suggested_fix="Upload it again.")
    assert detailed_message(failed, SUMMARY) == "guide.md is gone. Upload it again."
