"""Documents made to break a converter: each comes to an end that has its sentence, within the limits, and leaves
nothing behind. The next document is converted as if nothing had been."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from portal.documents.child.children import Children, Converted, Limits
from portal.documents.failures import ConversionFailed
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from tests.support.hostile import CONVERTED, DOCUMENTS, Hostile
from tests.support.hostile.bombs import MIB, zeros
from tests.support.hostile.books import million_columns
from tests.support.hostile.packages import long_docx
from tests.support.hostile.texts import GIVEN_AWAY
from tests.support.processes import Conversions

LIMITS = Limits(seconds=3)
SECONDS_TO_STOP = 2


@pytest.fixture(scope="module")
def conversions() -> Conversions:
    return Conversions()


@pytest.fixture(scope="module")
def children(conversions: Conversions) -> Iterator[Children]:
    with closing(Children()) as children:
        yield children


@pytest.mark.parametrize(
    ("document", "method"),
    [
        pytest.param(document, method, id=f"{name}, {method}")
        for name, document in DOCUMENTS.items()
        for method in document.methods
    ],
)
def test_it_has_its_sentence_and_harms_nobody(
    children: Children, conversions: Conversions, document: Hostile, method: Method, tmp_path: Path
) -> None:
    source, folder = tmp_path / "document", tmp_path / "folder"
    document.write(source)
    folder.mkdir()
    started = time.monotonic()
    try:
        converted = children.convert(source, kind=document.kind, method=method, folder=folder, limits=LIMITS)
        outcome, details = CONVERTED, ""
        see_that_it_is_right(document, converted)
    except ConversionFailed as failed:
        outcome, details = failed.failure.key, failed.details
        assert not list(folder.iterdir())
    assert outcome in document.outcomes, details
    assert time.monotonic() - started < LIMITS.seconds + SECONDS_TO_STOP
    assert len(conversions.now()) <= 2, "a keeper, and the process that waits for it"
    see_that_the_next_is_converted(children, tmp_path)


def test_the_archives_are_what_they_seem() -> None:
    """Checked on smaller ones: a large one that is wrong would be refused for that alone."""
    for content in (long_docx(8 * MIB), million_columns()):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
    assert zlib.decompress(zeros(8 * MIB)) == bytes(8 * MIB)


def see_that_it_is_right(document: Hostile, converted: Converted) -> None:
    text = converted.path.read_text()
    assert document.contains in text
    assert GIVEN_AWAY not in text
    assert converted.size <= LIMITS.output_bytes
    assert converted.peak_bytes <= LIMITS.memory_bytes
    assert list(converted.path.parent.iterdir()) == [converted.path]


def see_that_the_next_is_converted(children: Children, folder: Path) -> None:
    source = folder / "next"
    source.write_text("The next document.")
    converted = children.convert(source, kind=Kind.TXT, method=Method.SPEED, folder=folder)
    assert "The next document." in converted.path.read_text()
