"""Whether a pair that a language model wrote stands the check against its passage."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.alignment.generating.model.checking import Proposal, Refusal, judge, sameness_of, share_of_words
from portal.alignment.generating.model.facts import dates_in, is_supported, links_in, names_in, numbers_in, openings_in
from portal.alignment.generating.model.words import range_of, words_of

PASSAGE = """\
## Annual leave

Every employee of **Northwind Traders** has *25 days* of annual leave, and
up to five days can be carried over until 31 March 2025.

| Office | Contact |
|---|---|
| Oslo | [Ingrid Berg](mailto:ingrid@northwind.example) |

Requests above 1,200.50 EUR need the approval of the NASA liaison, see https://northwind.example/leave.
"""
GOOD: dict[str, str] = {
    "question": "How many days of annual leave does an employee of Northwind Traders have?",
    "answer": "Every employee has 25 days of annual leave.",
    "quote": "Every employee of Northwind Traders has 25 days of annual leave",
}


def judged(**changes: str) -> Any:
    return judge(Proposal(**GOOD | changes), PASSAGE)


def test_a_pair_that_the_passage_supports_has_the_range_of_its_quote() -> None:
    start, end = judged()
    assert PASSAGE[start:end] == "Every employee of **Northwind Traders** has *25 days* of annual leave"


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        (
            "annual leave, and up to five days can be carried over",
            "annual leave, and\nup to five days can be carried over",
        ),
        ("UNTIL 31 MARCH 2025.", "until 31 March 2025."),
        ("Oslo Ingrid Berg", "Oslo | [Ingrid Berg"),
        ("“the approval of the NASA liaison”", "the approval of the NASA liaison"),
    ],
)
def test_spaces_markup_and_case_of_a_quote_dont_matter(quote: str, found: str) -> None:
    start, end = range_of(quote, PASSAGE) or (0, 0)
    assert PASSAGE[start:end] == found


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert range_of("cafe\u0301 au lait", "Le caf\u00e9 au lait.") == (3, 16)


def test_signs_of_scripts_without_spaces_are_words() -> None:
    assert range_of("年次休暇", "従業員の年次休暇は二十日です。") == (4, 8)
    assert share_of_words("年次休暇は二十日です", "従業員の年次休暇は二十日です。") == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"question": " "}, Refusal.EMPTY),
        ({"answer": "**"}, Refusal.EMPTY),
        ({"question": "why " * 300}, Refusal.TOO_LONG),
        ({"answer": "Every employee has 25 days.\0"}, Refusal.UNREADABLE),
        ({"answer": "Every employee has 25 days \ud800."}, Refusal.UNREADABLE),
        ({"question": "What does the passage say about leave?"}, Refusal.ABOUT_THE_TEXT),
        ({"question": "Who is the contact in the table above?"}, Refusal.ABOUT_THE_TEXT),
        ({"question": "According to the provided text, how long is leave?"}, Refusal.ABOUT_THE_TEXT),
        ({"quote": ""}, Refusal.QUOTE_NOT_FOUND),
        ({"quote": "annual leave"}, Refusal.QUOTE_NOT_FOUND),
        ({"quote": "Every employee has 25 days of annual leave"}, Refusal.QUOTE_NOT_FOUND),
        ({"answer": "Every employee has 26 days of annual leave."}, Refusal.INVENTED),
        ({"answer": "Every employee has thirty days of annual leave."}, Refusal.INVENTED),
        ({"answer": "Days can be carried over until 31 May 2025."}, Refusal.INVENTED),
        ({"answer": "Every employee of Contoso has annual leave."}, Refusal.INVENTED),
        ({"answer": "UNESCO employees have annual leave."}, Refusal.INVENTED),
        ({"answer": "Contact for annual leave requests: Erik."}, Refusal.INVENTED),
        ({"answer": "Berlin employees have 25 days of annual leave."}, Refusal.INVENTED),
        ({"answer": "Bob has 25 days of annual leave."}, Refusal.INVENTED),
        ({"answer": "Erik Berg approves annual leave requests."}, Refusal.INVENTED),
        ({"answer": "Requests need approval, see https://evil.example/leave."}, Refusal.INVENTED),
        ({"question": "How many days does Contoso give?"}, Refusal.INVENTED),
        ({"answer": "An employee has no annual leave."}, Refusal.DENIED),
        ({"answer": "Employees don't have annual leave."}, Refusal.DENIED),
        ({"answer": "They enjoy generous vacation entitlements beyond statutory minimums."}, Refusal.OTHER_WORDS),
        ({"answer": "Yes."}, Refusal.OTHER_WORDS),
    ],
)
def test_what_the_passage_does_not_support_is_refused(changes: dict[str, str], refusal: Refusal) -> None:
    assert judged(**changes) is refusal


@pytest.mark.parametrize(
    "answer",
    [
        "25 days.",
        "An employee's annual leave: 25 days, and 5 days carried over.",
        "Up to five days can be carried over until March 31st, 2025.",
        "Days can be carried over until 2025-03-31.",
        "Requests above 1200.5 EUR need approval.",
        "Employees carry over days until March 2025.",
        "See https://northwind.example/leave for requests.",
        "In Oslo (the Office.) The contact is Ingrid Berg.",
        "Employees have annual leave:\n- 25 days\n- Until March, five days carried over",
    ],
)
def test_the_same_facts_may_be_written_otherwise(answer: str) -> None:
    assert not isinstance(judged(answer=answer), Refusal)


def test_headings_and_the_name_of_the_document_may_be_named() -> None:
    asked = Proposal(**GOOD | {"question": "How many days of annual leave does the Contoso Handbook 2024 give?"})
    assert judge(asked, PASSAGE) is Refusal.INVENTED
    assert isinstance(judge(asked, PASSAGE, around="Contoso Handbook 2024.docx"), tuple)


def test_numbers_have_one_form() -> None:
    assert numbers_in("1,200 and 1.200 and 1'200") == {"1200"}
    assert numbers_in("007, 1.50, five, 0.5, 12%, 3.0") == {"7", "1.5", "5", "0.5", "12", "3"}
    assert numbers_in("1,200.50 and 1.200,5 and 1200.5") == {"1200.5"}


def test_dates_are_read_in_every_way_that_is_written() -> None:
    written = ["2024-03-05", "5 March 2024", "5th of Mar. 2024", "March 5, 2024", "5.3.2024"]
    assert {frozenset(dates_in(text)) for text in written} == {frozenset({(2024, 3, 5)})}
    assert dates_in("3/4/2024") == {(2024, 4, 3), (2024, 3, 4)}
    assert dates_in("2024-13-40 and 99.99.2024") == set()


def test_parts_of_several_dates_are_no_date() -> None:
    assert not is_supported("It ends on 5 April 2024.", "From 5 March 2024 to 6 April 2024.")


def test_names_are_capitalised_words_that_begin_no_sentence() -> None:
    text = "Today Anna met NATO. Reports say:\n- Berlin is big. 2. Then I left. UNO: Ann stayed."
    assert names_in(text) == {"anna", "nato", "uno", "ann"}
    assert openings_in(text) == {"today", "reports", "berlin", "then", "uno"}


def test_links_are_compared_as_a_whole() -> None:
    assert links_in("See https://a.example/x. Or mail <Ann@a.example>!") == {"https://a.example/x", "ann@a.example"}


def test_questions_that_differ_by_signs_only_are_the_same() -> None:
    assert sameness_of("What  is *leave*?") == sameness_of("what is Leave") != sameness_of("What was leave?")


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_no_text_breaks_the_check(question: str, answer: str, quote: str, passage: str) -> None:
    found = judge(Proposal(question, answer, quote), passage)
    if not isinstance(found, Refusal):
        assert 0 <= found[0] < found[1] <= len(passage)


@given(st.text(min_size=1, max_size=300))
def test_a_text_quotes_itself(text: str) -> None:
    words = words_of(text)
    found = range_of(text, text)
    assert (found is None) == (not words)
    if found:
        assert found[0] == words[0].start
        assert found[1] >= words[-1].end


def test_hostile_answers_take_no_time() -> None:
    answer = "." * 4000 + " Aa" * 1300
    assert judged(answer=answer) is Refusal.INVENTED
    assert judged(answer="a" * 8000) is Refusal.OTHER_WORDS
    assert judged(question="<!--" * 100_000) is Refusal.TOO_LONG
    assert judged(quote="<!--" * 100_000) is Refusal.QUOTE_NOT_FOUND
