"""Texts to Markdown: TXT, CSV, JSON, JSON Lines, XML, HTML, RST, and Markdown itself."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.documents.failures import ConversionFailed
from portal.documents.kinds import Kind
from portal.documents.rendering import render
from portal.documents.texts import md
from portal.documents.texts.decoding import decoded
from tests.support.documents import converted, failure_of, text_of

TEXTS = [Kind.TXT, Kind.CSV, Kind.JSON, Kind.JSONL, Kind.XML, Kind.HTML, Kind.RST, Kind.MARKDOWN]


class Cells(HTMLParser):
    """The cells of the tables of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, _: object) -> None:
        if tag in ("td", "th"):
            self._inside = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.cells[-1] += data


def test_text_keeps_paragraphs_and_lists_and_means_itself():
    text = "# no heading\n\nSome *text*\nin lines:\n• one\n    - deeper\n• two\n\n\n\n1) first\n2) second\n"
    expected = "\\# no heading\n\nSome \\*text\\*\nin lines:\n\n- one\n   - deeper\n- two\n\n1. first\n2. second\n"
    assert text_of(text, Kind.TXT) == expected


def test_csv_is_a_table_whatever_its_delimiter():
    for text in ("a;b\n1,5;x|y\n", "a\tb\n1,5\tx|y\n", 'a,b\n"1,5",x|y\n'):
        assert text_of(text, Kind.CSV) == "| a | b |\n| --- | --- |\n| 1,5 | x\\|y |\n"


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=1), min_size=2, max_size=2
        ),
        min_size=2,
        max_size=4,
    )
)
@settings(deadline=None)  # the first time, libraries are loaded
def test_cells_survive_as_they_are(rows: list[list[str]]):
    content = io.StringIO()
    csv.writer(content, quoting=csv.QUOTE_ALL).writerows([["first", "second"], *rows])
    page = render(text_of(content.getvalue(), Kind.CSV))
    assert Cells(page).cells == ["first", "second", *(cell for row in rows for cell in row)]


def test_json_records_are_a_table_and_all_else_lists():
    text = '{"name": "x*y", "tags": [1, [2, null]], "rows": [{"a": 1, "b": "|"}, {"a": true}]}'
    expected = "- **name:** x*y\n- **tags:**\n  - 1\n  -\n    - 2\n    -\n\n## rows\n\n"
    assert (
        text_of(text, Kind.JSON)
        == expected.replace("x*y", "x\\*y") + "| a | b |\n| --- | --- |\n| 1 | \\| |\n| true |  |\n"
    )


def test_json_lines_of_one_shape_are_one_table():
    assert text_of('{"a": 1}\n\n{"a": 2}\n', Kind.JSONL) == "| a |\n| --- |\n| 1 |\n| 2 |\n"
    assert text_of('{"a": {"b": 1}}\n[2]\n', Kind.JSONL) == "- **a:**\n  - **b:** 1\n\n- 2\n"


def test_xml_records_are_a_table_and_titles_are_headings():
    text = (
        '<?xml version="1.0"?><shop xmlns="urn:x" since="1999"><title>A shop</title><owner>Ann</owner>'
        '<item id="1"><name>Tea &amp; more</name></item><item id="2"><name>Milk</name></item>'
        "<about>Some <b>mixed</b> text.</about></shop>"
    )
    table = "## item\n\n| id | name |\n| --- | --- |\n| 1 | Tea & more |\n| 2 | Milk |"
    about = "## about\n\nSome mixed text."
    assert text_of(text, Kind.XML) == f"# A shop\n\n- **since:** 1999\n\n- **owner:** Ann\n\n{table}\n\n{about}\n"


def test_a_feed_is_its_articles():
    text = (
        "<rss><channel><title>News</title><item><title>One</title><pubDate>Mon</pubDate><link>https://example.org/1"
        "</link><description>&lt;p&gt;Some &lt;b&gt;words&lt;/b&gt;.&lt;script&gt;x()&lt;/script&gt;</description>"
        "</item></channel></rss>"
    )
    address = "[https://example.org/1](https://example.org/1)"
    assert text_of(text, Kind.XML) == f"# News\n\n## One\n\nMon\n\nSome **words**.\n\n{address}\n"


RST = """Title
=====

Some *words* and ``code_x`` by :func:`~a.call` [1]_.

- one

  - two

.. code:: python

   x = 1

.. versionadded:: 2.0
   News.

.. include:: /etc/passwd

.. raw:: html

   <script>x</script>

=== ===
A   B
=== ===
1   2
=== ===

.. [1] The note.
"""


def test_restructured_text():
    made = text_of(RST, Kind.RST)
    assert made.startswith("# Title\n\nSome *words* and `code_x` by call [^1].\n\n- one\n")
    assert "```python\nx = 1\n```\n\n2.0\n\nNews.\n\n| A | B |\n| --- | --- |\n| 1 | 2 |" in made
    assert made.endswith("[^1]: The note.\n")
    assert "root:" not in made
    assert "script" not in made


def test_markdown_is_left_as_it_is_and_advice_is_given(tmp_path: Path):
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbf# One\n\n```\n## no\n```\n\n### Three\n")
    assert md.check(path) == ["A heading of level 3 follows one of level 1: a level is left out between them."]
    path.write_text("One\n===\n\nTwo\n---\n")
    assert md.check(path) == []
    assert converted("only words\n", Kind.MARKDOWN).notes == [
        "The text has no headings. With headings, its parts are found more easily."
    ]


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        (b"\xff\xfeA\0", "unknown_encoding"),
        (b"caf\xe9", "unknown_encoding"),
        (b" \n\t\n", "empty"),
        (b"a\0b", "unknown_encoding"),
    ],
)
def test_markdown_has_to_be_utf_8_and_not_empty(content: bytes, failure: str, tmp_path: Path):
    path = tmp_path / "a.md"
    path.write_bytes(content)
    with pytest.raises(ConversionFailed) as failed:
        md.check(path)
    assert failed.value.failure.key == failure


@pytest.mark.parametrize("kind", TEXTS)
def test_nothing_but_white_space_is_empty(kind: Kind):
    assert failure_of(b"", kind) == failure_of(b" \r\n\n\t ", kind) == "empty"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ('{"a": ', Kind.JSON),
        ("[" * 100_000, Kind.JSON),
        ('{"a": 1}\n{"a"\n', Kind.JSONL),
        ("<a><b></a>", Kind.XML),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', Kind.XML),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', Kind.XML),
        ("<a>" * 20_000, Kind.XML),
    ],
    ids=range(7),
)
def test_what_is_not_well_formed_is_malformed(content: str, kind: Kind):
    assert failure_of(content, kind) == "malformed"


def test_deep_values_end_as_code():
    assert '`[[["x"]]]`' in text_of("[" * 16 + '"x"' + "]" * 16, Kind.JSON)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Größe, naïve, 5 €", "utf-8-sig"),
        ("Größe, naïve, 5 €", "utf-16"),
        ("Größe without a mark", "utf-16-le"),
        ("Größe without a mark", "utf-16-be"),
        ("Die Größe des Gebäudes, „naïve“ Müller – für 5 €", "cp1252"),
        (
            "日本語の文章です。これは文字コードの判定を試すための長い文章で、漢字とかなとカタカナが混ざっています。",
            "shift_jis",
        ),
        ("Это русский текст, который достаточно длинный, чтобы узнать его кодировку.", "cp1251"),
    ],
)
def test_encodings_are_recognised(text: str, encoding: str):
    assert decoded(text.encode(encoding)) == text


def test_bytes_that_are_no_text_are_in_no_known_encoding():
    assert failure_of(bytes(range(256)) * 8, Kind.TXT) == "unknown_encoding"
