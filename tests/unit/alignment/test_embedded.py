"""What the embedded generator asks of documents such as people write them, and where it finds the answers."""

from __future__ import annotations

import pytest

from portal.alignment.generating.pairs import PairKind
from tests.support.pairs import answer_to, answers, pairs, passages

HANDBOOK = """\
---
title: Employee Handbook
---

# Employee Handbook

Welcome. This handbook explains what you can expect from us.

## 1. Refunds

A refund is the return of money to a customer. The maximum amount is 500 euros.
It follows the [policy](https://example.com/policy "Policy")[^1] ![seal](seal.png).

**Store credit**: A voucher over the price that was paid.

[^1]: This note isn't part of any answer.

## How to submit an expense report

1. Open the portal.
2. Select *New report*.
   - Any type will do.
3. Attach the receipts.

## Installing the client

To install the client, run:

```bash
pip install client
```

### Options

| Option | Default | Description | Since |
|---|---|---|---|
| `--port` | 8080 | Port \\| socket of the server | 1.0 |
| `--host` | none | Name of the host | 1.1 |
| `--quiet` | no | Less output | 1.1 |
| `--plain` | no | No colours | 1.2 |

## Can I work from home?

Yes, up to three days a week.

## Contact

Email: office@example.com
Phone: +46 8 123 45

## Holidays

You need the following documents:

- Passport
- Visa

## Glossary

| Term | Meaning |
|---|---|
| PTO | Paid time off |

Leave
: Time away from work.
"""


def test_a_section_is_asked_for_by_document_and_heading() -> None:
    answer = answer_of_section(HANDBOOK, "1. Refunds")
    assert answer.startswith("A refund is the return of money to a customer.")
    assert "It follows the policy seal." in answer, "Targets of links, images and marks of notes aren't in answers."
    assert "note isn't part" not in answer


def answer_of_section(text: str, heading: str) -> str:
    """The answer to the first question about a section, which is about all of it."""
    found = [
        pair.answer
        for passage in passages(text)
        if passage.headings[-1] == heading
        for pair in passage.pairs
        if pair.kind is PairKind.SECTION
    ]
    return found[0]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("what is", "a refund"), "A refund is the return of money to a customer."),
        (("the maximum amount", '"Refunds"'), "The maximum amount is 500 euros."),
        (('"Store credit"', "Refunds"), "A voucher over the price that was paid."),
        (
            ("steps", "submit an expense report"),
            "1. Open the portal.\n2. Select *New report*.\n   - Any type will do.\n3. A",
        ),
        (("first", "submit an expense report"), "Open the portal."),
        (('"Open the portal"',), "Select *New report*.\n- Any type will do."),
        (('"Select New report"',), "Attach the receipts."),
        (("command", "install the client"), "```bash\npip install client\n```"),
        (("`--port`", '"Default"'), "8080"),
        (("`--port`", '"Description"'), "Port | socket of the server"),
        (('"no"', '"Default"'), "- `--quiet`\n- `--plain`"),
        (("Can I work from home?",), "Yes, up to three days a week."),
        (('"Email"', "Contact"), "office@example.com"),
        (('"You need the following documents"',), "- Passport\n- Visa"),
        (('"PTO"',), "Paid time off"),
        (('"Leave"',), "Time away from work."),
    ],
)
def test_everything_in_a_document_has_its_question(words: tuple[str, ...], answer: str) -> None:
    assert answer_to(HANDBOOK, *words).startswith(answer)


def test_a_row_is_shown_under_the_head_of_its_table() -> None:
    rows = [pair for pair in pairs(HANDBOOK) if "`--port`" in pair.question and pair.answer.startswith("| Option")]
    assert [pair.answer.count("\n") for pair in rows] == [2]
    assert HANDBOOK[rows[0].start : rows[0].end].startswith("| Option") and rows[0].kind is PairKind.TABLE


def test_empty_cells_are_not_asked_for() -> None:
    assert not [question for question in answers(HANDBOOK) if "`--host`" in question and '"Default"' in question]


def test_a_passage_knows_its_headings_and_its_text() -> None:
    options = next(passage for passage in passages(HANDBOOK) if passage.headings[-1] == "Options")
    assert options.headings == ("Employee Handbook", "Installing the client", "Options")
    assert options.text.startswith("### Options") and options.text.endswith("| 1.2 |")
    assert options.text == HANDBOOK[options.start : options.end]


def test_vague_questions_of_headings_are_asked_with_the_document() -> None:
    (question,) = answers("# Plans\n\n## Does it cost anything?\n\nNo, it is free of charge for all.")
    assert '"Does it cost anything?"' in question and '"Plans"' in question


def test_answers_with_windows_line_ends_stand_where_they_say() -> None:
    text = HANDBOOK.replace("\n", "\r\n")
    assert [(pair.question, pair.answer) for pair in pairs(text)] == [(p.question, p.answer) for p in pairs(HANDBOOK)]
    assert all(passage.text == text[passage.start : passage.end] for passage in passages(text))
    phone = next(pair for pair in pairs(text) if '"Phone"' in pair.question)
    assert "+46 8 123 45" in text[phone.start : phone.end]


def test_questions_in_bold_are_answered_until_the_next() -> None:
    text = "# Guide\n\n**When do trains leave?**\n\nEvery hour.\n\n- Also at night.\n\n"
    text += "Q: Where do they stop?\nA: At each station."
    found = answers(text)
    assert found["When do trains leave?"] == "Every hour.\n\n- Also at night."
    assert "At each station." in [answer for question, answer in found.items() if "Where do they stop?" in question]


def test_wordings_vary_with_the_content_and_never_by_chance() -> None:
    text = "# Guide\n\n" + "".join(f"## Part of {name}\n\nIt is made of wood and iron.\n\n" for name in "ABCDEFGHIJKL")
    openings = {question.split('"')[0] for question in answers(text)}
    assert len(openings) > 3
    assert passages(text) == passages(text)


def test_questions_stay_english_around_words_of_other_languages() -> None:
    text = "# Handbuch\n\n## Rückgabe\n\nGeräte nimmt der Laden vierzehn Tage lang zurück.\n\n"
    text += "## 返品\n\n商品は十四日以内に返品することができます。必ず領収書を。"
    assert ['"Rückgabe"' in pair.question or '"返品"' in pair.question for pair in pairs(text)] == [True, True]
