"""What the documentation says of documents is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.documents import failures
from portal.documents.child.limits import MIB, Limits
from portal.documents.failures import Failure

DOCS = Path(__file__).parents[3] / "docs" / "documents.md"

OF_THE_REFERENCE = {
    "The file appears to be empty.": "Upload a file with content.",
    "The PDF may be corrupted, password-protected, or in an unsupported format.": "Upload a valid, unprotected PDF.",
    "The PDF contains pages that exceed the maximum supported size.": "Re-export the PDF with smaller page dimensions.",
    "The file was not found or is not owned by the current user.": (
        "Re-upload the file or verify the correct `file_id`."
    ),
    "Service temporarily unavailable.": "Retry the job after a brief wait.",
    "Internal processing failure.": "If the issue persists, contact support.",
}


@pytest.mark.parametrize("failure", failures.ALL.values(), ids=failures.ALL)
def test_each_failure_is_in_the_documentation(failure: Failure) -> None:
    assert f"| {failure.message} | {failure.fix} |" in DOCS.read_text()


def test_the_first_six_are_those_of_the_reference() -> None:
    six = list(failures.ALL.values())[:6]
    assert {failure.message: failure.fix for failure in six} == OF_THE_REFERENCE


def test_every_failure_is_among_all_of_them() -> None:
    named = {value for value in vars(failures).values() if isinstance(value, Failure)}
    assert named == set(failures.ALL.values())
    assert all(key == failure.key for key, failure in failures.ALL.items())


def test_the_limits_are_those_of_the_documentation() -> None:
    limits, text = Limits(), DOCS.read_text()
    assert f"{limits.seconds:.0f} s by the clock, {limits.cpu_seconds} s of a processor" in text
    assert limits.memory_bytes == 2048 * MIB
    assert limits.output_bytes == 64 * MIB
    assert "2 GiB of address space" in text
