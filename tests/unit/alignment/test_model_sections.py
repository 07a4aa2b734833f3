"""The parts of a document that a language model is asked about."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from portal.alignment.generating.model.sections import SHORTEST, Section, halves_of, sections_of

SENTENCE = "Every employee has twenty-five days of leave in a year, and more of them later on. "


def below(heading: str, sentences: int) -> str:
    return f"{heading}\n\n{SENTENCE * sentences}\n\n"


def test_small_sections_are_asked_about_together() -> None:
    text = below("# Handbook", 1) + below("## Leave", 2) + below("## Sickness", 2)
    [section] = sections_of(text)
    assert section == Section(("Handbook",), 0, len(text.rstrip("\n")))


def test_a_new_one_begins_at_a_heading_once_half_of_the_length_is_used() -> None:
    text = below("# Handbook", 5) + below("## Leave", 5) + below("### Carrying over", 2)
    first, second = sections_of(text, longest=1200)
    assert (first.headings, second.headings) == (("Handbook",), ("Handbook", "Leave", "Carrying over"))
    assert text[second.start :].startswith("### Carrying over")


def test_a_block_that_is_too_long_is_cut_between_sentences() -> None:
    text = "# Handbook\n\n" + SENTENCE * 40
    sections = list(sections_of(text, longest=500))
    assert len(sections) > 5
    assert all(section.end - section.start <= 500 and section.headings == ("Handbook",) for section in sections)
    assert all(text[section.start :].startswith("Every employee") for section in sections[1:])


def test_tables_of_contents_and_scraps_are_left_out() -> None:
    assert list(sections_of("# Contents\n\n" + "- Leave, page 3\n" * 20)) == []
    assert list(sections_of("Page 7.")) == []
    assert list(sections_of("")) == []


def test_halves_are_cut_at_a_good_place() -> None:
    text = SENTENCE * 10
    first, second = halves_of(Section((), 0, len(text)), text)
    assert (first.start, second.end) == (0, len(text))
    assert first.end == second.start
    assert text[second.start :].startswith("Every")


@given(
    st.lists(st.sampled_from(["# A\n", "## B\n\n", SENTENCE, "\n\n", "- x\n", "|a|b|\n|-|-|\n", "x" * 300, "> q\n"]))
)
def test_sections_are_in_order_and_within_the_document(parts: list[str]) -> None:
    text = "".join(parts)
    sections = list(sections_of(text, longest=400))
    assert all(before.end <= after.start for before, after in itertools.pairwise(sections))
    assert all(0 <= each.start < each.end <= len(text) and each.end - each.start >= SHORTEST for each in sections)
