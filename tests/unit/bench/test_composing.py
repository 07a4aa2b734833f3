"""Made documents: the same each time, and as the benchmark needs them."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.bench.documents import model
from tests.bench.documents.composing import Shape, compose, compose_sheets, compose_slides
from tests.bench.documents.writers.pdf import write_pdf

SMALL = Shape(sections=2, long_table=12)


def test_a_seed_gives_the_same_document_and_another_one_another() -> None:
    assert compose(3, SMALL) == compose(3, SMALL)
    assert compose(3, SMALL) != compose(4, SMALL)


def test_a_seed_gives_the_same_file(tmp_path: Path) -> None:
    for name in ("one.pdf", "other.pdf"):
        write_pdf(compose(3, SMALL), tmp_path / name, seed=3, columns=2)
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "other.pdf").read_bytes()


@pytest.mark.parametrize("seed", range(10))
def test_headings_skip_no_level(seed: int) -> None:
    levels = [block.level for block in compose(seed, Shape()).blocks if isinstance(block, model.Heading)]
    assert levels[0] == 1
    assert all(there <= here + 1 for here, there in pairwise(levels))


def test_documents_have_everything_that_markdown_has() -> None:
    documents = [compose(seed, Shape()) for seed in range(10)]
    blocks = [block for document in documents for block in document.blocks]
    spans = [span for block in blocks if isinstance(block, model.Paragraph) for span in block.spans]
    assert {type(block) for block in blocks} == {
        model.Heading,
        model.Paragraph,
        model.Listing,
        model.Table,
        model.Code,
    }
    assert all(any(getattr(span, what) for span in spans) for what in ("bold", "italic", "code", "link", "note"))
    assert all(len(document.notes()) == len(set(document.notes())) for document in documents)


def test_slides_and_sheets_have_what_was_asked_for() -> None:
    slides = compose_slides(1, 5).blocks
    assert sum(isinstance(block, model.Heading) for block in slides) == 6
    tables = [block for block in compose_sheets(1, 2, 30, columns=4).blocks if isinstance(block, model.Table)]
    assert [(len(table.rows), len(table.rows[0])) for table in tables] == [(31, 4), (31, 4)]
