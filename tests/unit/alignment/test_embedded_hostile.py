"""Documents made to stop the embedded generator: it takes time that grows with their length, and listens meanwhile."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

import pytest

from portal.alignment.generating.embedded import EmbeddedGenerator
from portal.alignment.generating.pairs import Cancelled, Document, Guidance, Passage

GUIDANCE = Guidance(system_prompt="", instructions="")
SIZE = 15_000
PATIENCE = 3
"""Seconds for a document of that size on a busy machine; what grows with the square takes minutes."""

HOSTILE = {
    "quotations in each other": "> " * 40 + "x\n",
    "lists in each other": "- " * 40 + "x\n",
    "brackets": "[",
    "links that never end": "[a](b ",
    "images that never end": "![a",
    "backticks": "` `` ``` ",
    "emphasis": "*a **b _c __d ",
    "definitions of links": "[a]: b\n",
    "footnotes": "[^a]: b\n",
    "tags": "<a <!-- ",
    "headings": "# a\n",
    "underlined headings": "a\n=\n",
    "hashes": "# ",
    "pipes": "|",
    "tables that never begin": "|-\n",
    "heads of tables": "a|b\n-|-\n",
    "fences": "```\n",
    "items": "- item\n",
    "definitions": ": b\n",
    "terms": "**a**: b\n",
    "sentences": "The maximum is 8. ",
    "empty lines": "\r\n",
    "old line ends": "abc\r",
    "keys without end": "a: b\n",
    "rules": "---\n",
    "no letters": "\x0b\x0c\n\n\x00\n\n\u2028 \n\n",
    "escapes": "\\",
    "entities": "&amp;&#x41;&nbsp",
    "stops": ". ! ? ",
}


def passages_of(text: str) -> Iterator[Passage]:
    return EmbeddedGenerator().passages(Document("hostile.md", text), GUIDANCE, is_cancelled=lambda: False)


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_documents_take_little_time(piece: str) -> None:
    text = piece * (SIZE // len(piece))
    begun = time.process_time()
    for passage in passages_of(text):
        assert passage.text == text[passage.start : passage.end]
        assert len(passage.text) < 10_000
    assert time.process_time() - begun < PATIENCE


def test_depth_is_no_reason_to_fail() -> None:
    text = "\n".join("  " * depth + "- x" for depth in range(400)) + "\n\n# After\n\nThis is text as any other text."
    assert "This is text" in list(passages_of(text))[-1].pairs[0].answer


def test_a_huge_line_is_left_out_and_what_follows_is_not() -> None:
    text = "word " * 200_000 + "\n\n# After\n\nThis is text as any other text."
    (passage,) = passages_of(text)
    assert passage.headings == ("After",)


def test_a_huge_block_of_code_is_left_out_and_what_follows_is_not() -> None:
    text = "```\n" + "# line of code\n" * 20_000 + "```\n\n# After\n\nThis is text as any other text."
    (passage,) = passages_of(text)
    assert passage.headings == ("After",)


def test_a_long_document_is_read_in_parts_without_a_difference() -> None:
    section = "## Part {0}\n\nA part{0} is a piece of the whole. It has number {0}.\n\n- one {0}\n- two {0}\n\n"
    whole = [passage for number in range(120) for passage in passages_of(section.format(number))]
    parts = list(passages_of("".join(section.format(number) for number in range(120))))
    assert [passage.text for passage in parts] == [passage.text for passage in whole]
    assert [len(passage.pairs) for passage in parts] == [len(passage.pairs) for passage in whole]


def test_memory_does_not_grow_with_the_document() -> None:
    for_each = (most_memory(sections=1_000) - most_memory(sections=500)) / 500
    assert for_each < 700, "Bytes: less than half of a passage with its pairs. It only keeps what was asked, as hashes."


def most_memory(sections: int) -> int:
    text = "".join(f"## Part {number}\n\nThis is what part {number} says of itself.\n\n" for number in range(sections))
    tracemalloc.start()
    for _ in passages_of(text):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_it_asks_often_whether_it_is_cancelled() -> None:
    text = "A line of a paragraph that says something.\n\n" * 2_000
    asked: list[float] = []

    def is_cancelled() -> bool:
        asked.append(time.process_time())
        return False

    for _ in EmbeddedGenerator().passages(Document("long.md", text), GUIDANCE, is_cancelled=is_cancelled):
        pass
    assert max(after - before for before, after in pairwise(asked)) < 0.5


def test_it_stops_when_it_is_cancelled() -> None:
    answers = iter([False, False, True])
    text = "# Title\n\n" + "A line of a paragraph that says something.\n\n" * 6_000
    with pytest.raises(Cancelled):
        list(EmbeddedGenerator().passages(Document("long.md", text), GUIDANCE, is_cancelled=lambda: next(answers)))
