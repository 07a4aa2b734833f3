"""The measures of the documents benchmark: each falls for what it is about, and only by as much as is wrong."""

from __future__ import annotations

from random import Random

import pytest

from tests.bench.documents.composing import Shape, compose
from tests.bench.documents.markdown import known_markdown
from tests.bench.documents.quality import quality
from tests.bench.documents.vocabulary import Voice

KNOWN = """# The harbour

The quay was repaired in May.[^1]

## Cranes

- one crane
- another crane

| Crane | Load |
| --- | --- |
| North | 12 t |
| South |  |

## Ferries

The ferry leaves at noon, and the pilot follows it.

[^1]: At night.
"""


def test_the_same_text_is_perfect() -> None:
    found = quality(KNOWN, KNOWN)
    assert (found.order, found.tables, found.headings, found.mean) == (1, 1, 1, 1)


def test_a_made_document_is_perfect_too() -> None:
    known = known_markdown(compose(7, Shape(sections=2, long_table=20)))
    assert quality(known, known).mean == 1


@pytest.mark.parametrize(
    "same",
    [
        KNOWN.replace("- one", "* one").replace("- another", "+ another"),
        KNOWN.replace("| --- | --- |", "|:------|------:|").replace("| North | 12 t |", "|North    |12 t|"),
        KNOWN.replace("[^1]: At night.\n", "").replace("## Cranes", "[^1]: At night.\n\n## Cranes"),
        KNOWN.replace("at noon, and", "at noon,\nand"),
    ],
    ids=["other bullets", "other widths", "footnote elsewhere", "wrapped"],
)
def test_another_way_to_write_the_same_is_as_good(same: str) -> None:
    assert quality(KNOWN, same).mean == pytest.approx(1)


def test_swapped_columns_lower_the_order() -> None:
    sentences = [Voice(Random(seed)).sentence() for seed in range(24)]
    left, right = sentences[:12], sentences[12:]
    known = "\n\n".join([*left, *right])
    mixed = "\n\n".join(one for pair in zip(left, right, strict=True) for one in pair)
    assert quality(known, "\n\n".join([*right, *left])).order < 0.7
    assert quality(known, mixed).order < 0.7


def test_what_does_not_apply_does_not_count() -> None:
    found = quality("Only a line.", "Only a line.")
    assert (found.tables, found.headings, found.mean) == (None, None, 1)


def test_a_lost_cell_lowers_tables_by_its_part() -> None:
    found = quality(KNOWN, KNOWN.replace("12 t", ""))
    assert found.tables == pytest.approx(1 - 1 / 10)  # a table, three rows, six cells
    assert found.headings == 1


def test_a_table_cut_in_two_costs_little_and_a_lost_one_all() -> None:
    cut = KNOWN.replace("| South", "\n| Crane | Load |\n| --- | --- |\n| South")
    assert 0.6 < (quality(KNOWN, cut).tables or 0) < 0.75
    assert quality(KNOWN, KNOWN.replace("|", " ")).tables == 0


def test_html_tables_count_as_tables() -> None:
    table = KNOWN[KNOWN.index("| Crane") : KNOWN.index("## Ferries")]
    cells = (("Crane", "Load"), ("North", "12 t"), ("South", ""))
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
    assert quality(KNOWN, KNOWN.replace(table, f"<table>{rows}</table>\n\n")).tables == 1


def test_a_wrong_level_costs_half_a_heading_and_a_lost_one_more() -> None:
    wrong = quality(KNOWN, KNOWN.replace("## Cranes", "### Cranes"))
    lost = quality(KNOWN, KNOWN.replace("## Cranes", "Cranes"))
    assert wrong.headings == pytest.approx(1 - 0.5 / 6)  # three headings, each with text below it
    assert (lost.headings or 0) < (wrong.headings or 0)
    assert quality(KNOWN, KNOWN.replace("#", "")).headings == 0


def test_nothing_is_worth_nothing() -> None:
    assert quality(KNOWN, "").mean == 0
