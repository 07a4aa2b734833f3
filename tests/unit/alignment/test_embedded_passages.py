"""Which passages and names the embedded generator gives, what answers keep of the text, and what gives nothing."""

from __future__ import annotations

import pytest

from portal.alignment.generating.pairs import PairKind
from tests.support.pairs import answer_to, answers, pairs, passages


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("See [the plan](plan(1).md 'Plan') for all of it.", "See the plan for all of it."),
        ("See [the plan][plan] and [the map][] for all.", "See the plan and the map for all."),
        ("It was so in 1999,[1][2] and [3](#note-3)later still.", "It was so in 1999,[1][2] and later still."),
        ("Write `[a](b)` for links <!-- why? -->in texts.", "Write `[a](b)` for links in texts."),
        (
            "Ask <help@example.com> or <https://example.com/a> about it.",
            "Ask help@example.com or https://example.com/a about it.",
        ),
        ("Press ![the red button](a.png) to <b>stop</b> the pump.", "Press the red button to stop the pump."),
        ("Use \\[square\\](brackets) where they are meant.", "Use \\[square\\](brackets) where they are meant."),
    ],
)
def test_answers_have_no_targets_images_or_tags(text: str, answer: str) -> None:
    assert list(answers(text).values()) == [answer]


def test_generic_headings_are_named_with_what_they_belong_to() -> None:
    question = next(iter(pairs("# Guide\n\n## Pumps\n\n### Overview\n\nThere are two kinds of them here."))).question
    assert '"Overview" (in "Pumps")' in question and '"Guide"' in question


def test_headings_that_come_twice_are_told_apart() -> None:
    text = "# Guide\n\n" + "".join(
        f"## {thing}\n\n### Cleaning\n\nUse a dry cloth for {thing}, never water.\n\n" for thing in ("Lamps", "Doors")
    )
    assert ['"Cleaning" (in "Lamps")' in pair.question for pair in pairs(text)] == [True, False]
    assert ['"Cleaning" (in "Doors")' in pair.question for pair in pairs(text)] == [False, True]


def test_documents_without_headings_are_named_after_their_file() -> None:
    (question,) = answers("Trains leave every ten minutes from here.", "summer_time-table.pdf.md")
    assert '"summer time table"' in question


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Title only",
        "# A\n\n## B\n\n### C",
        "# A\n\nSee below.",
        "![only](a.png)\n\n[![a badge](b.svg)](c)",
        "## Contents\n\n- [One](#one)\n- [Two](#two)\n\n## References\n\n1. A book with a title of many words.",
        "Introduction ........ 1\n\nThe second chapter …… 14",
        "<div align=center>\n<h1>Nothing but tags that a page needs</h1>\n</div>",
        "---\ntitle: Only what programs write on top of files\ntags: [a, b]\n---\n",
        "[a]: https://example.com/of-a-link-that-stands-elsewhere",
    ],
)
def test_what_says_nothing_gives_no_pairs(text: str) -> None:
    assert passages(text) == []


@pytest.mark.parametrize(
    "table",
    [
        "| A |\n|---|\n| only one column |\n",
        "| Customer |  | Vehicle |  |\n|---|---|---|---|\n| Name | Ann | Make | Saab |\n| Phone | 1 | Year | 1999 |\n",
        "| 1 | 2 |\n|---|---|\n| one | two |\n",
        "| Name | No. |\n|---|---|\n| Ann | 1 |\n| Bob | 2 |\n| Cem | 3 |\n",
        "| Team | Kind |\n|---|---|\n| red | |\n| blue | - |\n",
        "| Kind | Size |\n|---|---|\n| a | 3 |\n| Kind | Size |\n",
    ],
)
def test_tables_without_names_or_values_are_not_asked_about(table: str) -> None:
    assert not [pair for pair in pairs(f"# Things\n\n{table}") if pair.kind is PairKind.TABLE]


def test_rows_that_have_the_same_name_are_not_asked_about() -> None:
    text = """# Fares

| From | To | Price |
|---|---|---|
| Oslo | Bergen | 30 |
| Oslo | Drammen | 9 |
| Bodø | Oslo | 80 |
| Moss | Oslo | 7 |
"""
    asked = [question for question in answers(text) if '"Oslo"' in question and '"Price"' in question]
    assert asked == []
    assert answer_to(text, '"Bodø"', '"Price"') == "80"


def test_long_sections_go_on_after_a_sentence() -> None:
    paragraphs = [f"Paragraph {number} begins like this. " + "It has more to say. " * 30 for number in range(4)]
    text = "# Guide\n\n## Pumps\n\n" + "\n\n".join(paragraphs)
    found = passages(text)
    assert len(found) > 1 and all(len(passage.text) <= 1_600 for passage in found)
    assert "begin" in found[0].pairs[0].question
    assert '"Paragraph 2 begins like this."' in found[1].pairs[0].question
    assert found[1].pairs[0].answer.startswith("It has more to say.")


def test_long_tables_are_divided_between_rows() -> None:
    rows = [f"| Station {number} | {number * 7} km | zone {number % 50} |" for number in range(400)]
    text = "# Line\n\n| Name | Distance | Zone |\n|---|---|---|\n" + "\n".join(rows)
    found = passages(text)
    assert all(passage.text.endswith("|") and passage.text[0] in "#|" for passage in found)
    assert answer_to(text, '"Station 399"') == "2793 km; zone 49"
    assert '"Distance" and "Zone"' in found[-1].pairs[-1].question


def test_a_list_follows_what_leads_to_it() -> None:
    filler = "This is a sentence that only takes room. " * 34
    text = f"# Guide\n\n{filler}\n\nBring these things:\n\n- a rope\n- a lamp\n"
    assert answer_to(text, '"Bring these things"') == "- a rope\n- a lamp"


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("1. Refunds", "Refunds"),
        ("2.3.1 Late refunds", "Late refunds"),
        ("Chapter 4: Taxes", "Taxes"),
        ("Appendix B - Forms", "Forms"),
        ("3.5 mm plugs", "3.5 mm plugs"),
        ("14 days of leave", "14 days of leave"),
        ("**Bold** and `code`", "Bold and `code`"),
        ("Covid-19 and travel", "Covid-19 and travel"),
    ],
)
def test_sections_are_named_without_their_numbers(heading: str, name: str) -> None:
    (question,) = answers(f"# Guide\n\n## {heading}\n\nThere is enough to say about it.")
    assert f'"{name}"' in question
