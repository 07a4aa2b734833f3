"""DOC and PPT to Markdown. The files in `old/` were written by LibreOffice."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from portal.documents.kinds import Kind
from portal.documents.methods import Method
from tests.support.documents import text_of

OLD = Path(__file__).parent / "old"
TABLE = "| a | b |\n| --- | --- |\n| c | d |\n"


def old(name: str) -> bytes:
    return gzip.decompress((OLD / f"{name}.gz").read_bytes())


@pytest.mark.parametrize(
    ("method", "lists"),
    [(Method.SPEED, "1. one\n   1. two\n2. first\n"), (Method.ACCURACY, "- one\n  - two\n\n1. first\n")],
)
def test_only_accuracy_tells_bullets_of_word_from_numbers(method: Method, lists: str):
    assert text_of(old("words.doc"), Kind.DOC, method) == f"# Old words\n\n{lists}\n{TABLE}"


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (Method.SPEED, "# Old slide\n\nA point\n\na\n\nb\n\nc\n\nd\n"),
        (Method.ACCURACY, f"## Old slide\n\n- A point\n\n{TABLE}"),
    ],
)
def test_only_accuracy_finds_tables_of_powerpoint(method: Method, expected: str):
    assert text_of(old("slides.ppt"), Kind.PPT, method) == expected
