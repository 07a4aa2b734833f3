"""What is shown of a passage beside a pair."""

from __future__ import annotations

from portal.alignment.excerpts import AROUND, LONGEST_MARKED, Excerpt, excerpt, whole


def test_a_short_passage_is_shown_whole() -> None:
    assert excerpt("One two three.", 4, 7) == Excerpt("One ", "two", " three.")
    assert excerpt("One two three.", 4, 7) == whole("One two three.", 4, 7)


def test_what_is_far_from_the_answer_is_cut_off() -> None:
    text = "a" * 1_000 + "ANSWER" + "b" * 1_000
    shown = excerpt(text, 1_000, 1_006)
    assert (shown.before, shown.marked, shown.after) == ("a" * AROUND, "ANSWER", "b" * AROUND)
    assert (shown.is_cut_before, shown.is_cut_within, shown.is_cut_after) == (True, False, True)


def test_a_long_answer_is_cut_within() -> None:
    shown = excerpt("a" * 5_000, 0, 5_000)
    assert (shown.before, shown.marked, shown.after) == ("", "a" * LONGEST_MARKED, "")
    assert (shown.is_cut_before, shown.is_cut_within, shown.is_cut_after) == (False, True, False)


def test_a_range_beyond_the_passage_marks_nothing_of_it() -> None:
    assert whole("One", 7, 9) == Excerpt("One", "", "")
    assert whole("One", -3, 2) == Excerpt("", "On", "e")
    assert whole("One", 2, 1) == Excerpt("On", "", "e")
