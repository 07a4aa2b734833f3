"""What holds of the embedded generator whatever the document: ranges, nothing invented, no question twice."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.pairs import passages

TOKENS = re.split(
    " ",
    "Refunds are paid within 14 days. The port is 8080. A pump Open Select it? Größe 返品 Ελλάδα the café’s “quoted” "
    "naïve 3.5 kg e.g. *not* **bold** `code` [link](http://a.b/c) ![i](j.png) a|b x\\|y &amp; <b>tag</b> [^1] \\* "
    "~~gone~~ Term: value — dash",
)
WORDS = st.lists(st.sampled_from(TOKENS), min_size=1, max_size=14).map(" ".join)
LINE = st.one_of(WORDS, st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=30))


def _list(mark: str) -> st.SearchStrategy[str]:
    return st.lists(LINE, min_size=1, max_size=6).map(lambda items: "\n".join(f"{mark} {item}" for item in items))


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(re.sub(r"(?<!\\)\|", "", cell) for cell in cells) + " |"


TABLE = st.lists(st.lists(LINE, min_size=3, max_size=3), min_size=2, max_size=6).map(
    lambda rows: "\n".join([_row(rows[0]), "|---|---|---|", *(_row(row) for row in rows[1:])])
)
BLOCK = st.one_of(
    LINE,
    st.lists(LINE, min_size=1, max_size=4).map("\n".join),
    st.tuples(st.integers(1, 6), WORDS).map(lambda made: f"{'#' * made[0]} {made[1]}"),
    _list("-"),
    _list("1."),
    _list("- **Term**:"),
    _list("  *"),
    TABLE,
    st.tuples(WORDS, WORDS).map(lambda made: f"{made[0]}\n: {made[1]}"),
    LINE.map(lambda line: f"```sh\n{line}\n```"),
    LINE.map(lambda line: f"> {line}"),
    WORDS.map(lambda line: f"{line}:"),
    st.sampled_from(
        ["---", "<div>", "<!-- note -->", "[^1]: A note.", "[link]: http://a.b", "```", "\ttab", "Setext\n==="]
    ),
)
DOCUMENT = st.lists(BLOCK, max_size=14).flatmap(
    lambda blocks: st.sampled_from(["\n\n", "\n", "\r\n\r\n", "\r\n", "\r"]).map(lambda end: end.join(blocks))
)


def signs(text: str) -> str:
    """Letters and digits only: what marks could have been taken away between."""
    return re.sub(r"[\W_]+", "", unescape(text))


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unescape(re.sub(r"[*`\\~]", "", text)))


def is_subsequence(inner: str | list[str], outer: str | list[str]) -> bool:
    rest = iter(outer)
    return all(one in rest for one in inner)


@settings(max_examples=60, deadline=None)
@given(DOCUMENT)
def test_ranges_are_those_of_the_text(text: str) -> None:
    for passage in passages(text):
        assert passage.text == text[passage.start : passage.end]
        assert passage.pairs, "A passage without pairs isn't given."
        for pair in passage.pairs:
            assert passage.start <= pair.start < pair.end <= passage.end


@settings(max_examples=60, deadline=None)
@given(DOCUMENT)
def test_answers_are_taken_from_their_range(text: str) -> None:
    for passage in passages(text):
        for pair in passage.pairs:
            assert pair.answer == pair.answer.strip() and re.search(r"[^\W_]", pair.answer)
            assert is_subsequence(signs(pair.answer), signs(text[pair.start : pair.end]))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(WORDS, TABLE, _list("-"), _list("1."), WORDS.map("## {}".format)), max_size=10))
def test_words_of_answers_come_in_their_order(blocks: list[str]) -> None:
    text = "\n\n".join(blocks)
    for passage in passages(text):
        for pair in passage.pairs:
            assert is_subsequence(words(pair.answer), words(text[pair.start : pair.end])), pair


@settings(max_examples=50, deadline=None)
@given(DOCUMENT)
def test_no_question_is_asked_twice_and_all_are_one_line(text: str) -> None:
    questions = [pair.question for passage in passages(text) for pair in passage.pairs]
    assert len({" ".join(question.casefold().split()) for question in questions}) == len(questions)
    assert all(question == " ".join(question.split()) for question in questions)


@settings(max_examples=60, deadline=None)
@given(DOCUMENT)
def test_the_same_document_gives_the_same_passages_in_order(text: str) -> None:
    found = passages(text)
    assert found == passages(text)
    starts = [passage.start for passage in found]
    assert starts == sorted(starts)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_taken(text: str) -> None:
    for passage in passages(text):
        assert passage.text == text[passage.start : passage.end]
