"""System prompts that are suggested without a model."""

from __future__ import annotations

from collections.abc import Iterator

from portal.alignment.generating.embedded import suggest_prompt, summary_of
from portal.alignment.generating.pairs import Document

HANDBOOK = Document(
    "handbook.md", "# Employee Handbook\n\n## 1. Refunds\n\nText.\n\n## Holidays\n\n## Contents\n\n### Minor\n"
)


def test_a_prompt_has_the_instructions_and_the_documents() -> None:
    prompt = suggest_prompt(" Help the people at the desk. \n", summary_of([HANDBOOK]))
    assert "\nHelp the people at the desk.\n" in prompt
    assert "- Employee Handbook: Refunds; Holidays\n" in prompt
    assert "instead of guessing" in prompt


def test_a_prompt_can_be_made_of_nothing() -> None:
    prompt = suggest_prompt("", None)
    assert prompt == suggest_prompt(" ", "\n") and "instructions" not in prompt and "\n\n\n" not in prompt
    assert "the documents that you were trained on" in prompt


def test_a_document_without_headings_is_named_in_a_summary() -> None:
    assert summary_of([Document("price_list.xlsx.md", "Only text.")]) == "- price list"


def test_a_summary_of_no_documents_is_empty() -> None:
    assert summary_of([]) == ""


def test_a_summary_has_few_headings_of_each_document() -> None:
    text = "# Title\n\n" + "".join(f"## Part of {letter * 200}\n\n" for letter in "abcdefghij")
    assert len(summary_of([Document("long.md", text)])) < 500


def test_a_summary_of_many_documents_is_short_and_says_what_is_missing() -> None:
    def documents() -> Iterator[Document]:
        for number in range(3_000):
            yield Document(f"file {number}.md", f"# Title {number}\n\n## One\n\n## Two\n")

    summary = summary_of(documents())
    lines = summary.split("\n")
    assert len(summary) <= 4_000
    assert lines[0] == "- Title 0: One; Two"
    assert lines[-1] == f"- and {3_000 - len(lines) + 1:,} more documents"
