"""Making Markdown: what is escaped, tables, the last tidying, and the way through `convert`."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.documents import converting
from portal.documents.converting import Source
from portal.documents.failures import ConversionFailed
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from portal.documents.rendering import render
from portal.documents.writing import escaping, tables
from portal.documents.writing.tidying import tidied
from tests.support.documents import failure_of, text_of

PLAIN = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40)


def shown(markdown: str) -> str:
    """The text that a page shows."""
    text = re.sub(r"</?p>|\n$", "", render(markdown))
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\xa0"), ("&amp;", "&")):
        text = text.replace(entity, letter)
    return text


@given(PLAIN)
def test_escaped_text_is_shown_as_it_was(text: str):
    assert shown(escaping.block(text.strip())) == text.strip()


@given(st.text("`a ", min_size=1, max_size=12).map(str.strip).filter(bool))
def test_code_is_shown_as_it_was(text: str):
    assert shown(escaping.code(text)) == f"<code>{text}</code>"


def test_words_with_underscores_need_no_escape():
    assert escaping.inline("snake_case 2 * 3 a & b 1 < 2 [x]") == "snake_case 2 * 3 a & b 1 < 2 [x]"


@pytest.mark.parametrize(
    "url", ["javascript:x", " JavaScript:x", "java\nscript:x", "data:text/html,x", "vbscript:x", ""]
)
def test_links_that_run_something_are_only_their_text(url: str):
    assert escaping.link("text", url) == "text"


def test_rows_of_a_table_have_one_length():
    assert tables.table([["a"], ["", " "], ["b", "c\nd"]]) == "| a |  |\n| --- | --- |\n| b | c<br>d |"
    assert tables.table([[""], []]) == ""


def test_cells_that_span_more_than_people_write_are_refused():
    with pytest.raises(tables.TooManyCells):
        tables.unspanned([[tables.Cell("x", 10_000_000, 1)] * 3])


def test_tidying_leaves_code_alone():
    text = "a\0\r\n\r\n\n\nb  \n```\nx  \n\n\n\ny\n```\n\n\n\nc\ud800"
    assert tidied(text) == "a\n\nb\n```\nx  \n\n\n\ny\n```\n\nc\n"


@given(st.text(max_size=200))
def test_tidied_text_stays_so_and_can_be_written(text: str):
    once = tidied(text)
    assert tidied(once) == once
    assert once.encode().endswith(b"\n")


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (errno.EIO, "unavailable"),
        (errno.ENOSPC, "unavailable"),
        (errno.EMFILE, "unavailable"),
        (errno.EPERM, "internal"),
    ],
)
def test_only_failures_that_are_explained_leave_a_conversion(code: int, key: str, tmp_path: Path):
    class Away(type(tmp_path)):  # type: ignore[misc]
        def read_bytes(self) -> bytes:
            raise OSError(code, "away")

    (tmp_path / "a.txt").write_text("words")
    with pytest.raises(ConversionFailed) as failed:
        converting.convert(Source(Away(tmp_path / "a.txt"), Kind.TXT, Method.SPEED, tmp_path))
    assert failed.value.failure.key == key


def test_a_file_that_is_gone_is_explained(tmp_path: Path):
    with pytest.raises(ConversionFailed) as failed:
        converting.convert(Source(tmp_path / "gone", Kind.TXT, Method.SPEED, tmp_path))
    assert failed.value.failure.key == "internal"


def test_more_markdown_than_can_be_kept_is_too_long(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(converting, "MOST_MARKDOWN", 10)
    assert failure_of("more than ten", Kind.TXT) == "too_long"
    assert text_of("just ten!", Kind.TXT) == "just ten!\n"
