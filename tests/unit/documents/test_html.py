"""HTML to Markdown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.documents.kinds import Kind
from portal.documents.rendering import render
from portal.documents.texts import html
from tests.support.documents import text_of

PAGE = """<!doctype html><title>Site</title><body><nav>Menu</nav><header>Banner</header>
<main><h1>A <b>page</b></h1><p>Text &lt;i&gt; *x* <a href="java\nscript:x()">bad</a> <a href="https://e.org/ö">good</a>
<a href="#top">up</a><sup><a href="#n1">1</a></sup></p>
<ul><li>one<ol><li>deep</li></ol></li></ul><pre><code class="language-python">a = 1  # *b*</code></pre>
<table><tr><th colspan="2">AB</th></tr><tr><td>1|2</td><td>3</td></tr></table>
<p hidden>No</p><p style="display: none">No</p><script>no()</script><img src="data:x" alt="A picture"></main>
<p id="n1">1 The note.</p><footer>Imprint</footer>"""


def test_a_page_is_its_content():
    text = text_of(PAGE, Kind.HTML)
    assert text.startswith("# A page\n\nText \\<i> \\*x\\* bad [good](https://e.org/")
    assert (
        "up[^1]\n\n- one\n  1. deep\n\n```python\na = 1  # *b*\n```\n\n| AB |  |\n| --- | --- |\n| 1\\|2 | 3 |" in text
    )
    assert text.endswith("![A picture]()\n\n[^1]: The note.\n")
    assert not [word for word in ("Menu", "Banner", "Imprint", "No", "no()", "script:") if word in text]


@pytest.mark.parametrize("piece", ["<div>", "<blockquote>", "<b>x<i>", "<ul><li>", "<table><tr><td>", "<a b "])
def test_a_page_that_is_too_deep_keeps_its_text_and_takes_no_time(piece: str):
    assert "the text" in html.of_page(f"<p>the text</p>{piece * 20_000}")


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<b>one<p>two</b> three", "**one**\n\n**two** three"),
        ("<p>a<b> b </b>c<strong>d<b>e</b></strong>", "a **b** c**de**"),
        ("<p>one<br>two<br><br>- three", "one\\\ntwo\n\n\\- three"),
        ("<p>1. no list<p># no heading", "1\\. no list\n\n\\# no heading"),
        ("<p>10<sup>6</sup> H<sub>2</sub>O<sup> see the text</sup>", "10<sup>6</sup> H<sub>2</sub>O see the text"),
        ("<p>x <code>a*b `c`</code> &amp;amp; <q>d</q>", "x `` a*b `c` `` \\&amp; “d”"),
        ("<h2>A <code>b</code><br>c</h2>", "## A `b` c"),
        ("<a href=https://e.org><h3>Card</h3><p>Text</a>", "### [Card](https://e.org)\n\n[Text](https://e.org)"),
        ("<a href='/x y (z)'>a</a> <a href=#b>c</a> <a>d</a>", "[a](</x y (z)>) c d"),
        ("<blockquote><p>a<ul><li>b</ul></blockquote>", "> a\n>\n> - b"),
        ("<dl><dt>Term<dd>What it means</dl>", "**Term**\n\nWhat it means"),
        ('<p>a<!-- <p>b> -->c<p "d<=e>f', "ac\n\nf"),
        ("a<hr>b", "a\n\n---\n\nb"),
        ("a <xmp><b>c</b><!--</xmp> d", "a \\<b>c\\</b>\\<!-- d"),
    ],
)
def test_pieces_of_pages(page: str, expected: str):
    assert html.of_fragment(page) == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<ol start=9><li>a<li><p>b<p>c<ul><li>d</ul></ol>", "9. a\n10. b\n\n    c\n    - d"),
        ("<ul><li>a<ul><li>b</ul></li><ul><li>c</ul></ul>", "- a\n  - b\n  - c"),
        ("<ul><li><input type=checkbox checked>a<li><input type=checkbox>b<li> </ul>", "- [x] a\n- [ ] b"),
        ("<ul><li>1. a<li><pre>b\n c</pre></ul>", "- 1\\. a\n- ```\n  b\n   c\n  ```"),
    ],
)
def test_lists(page: str, expected: str):
    assert html.of_fragment(page) == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            "<table><caption>All</caption><tr><th>a<th>b<tr><td rowspan=2>1 <b>x</b><td>- 2<tr><td>3<br>4</table>",
            "All\n\n| a | b |\n| --- | --- |\n| 1 **x** | - 2 |\n|  | 3<br>4 |",
        ),
        ("<table><tr><td>a &amp; *b*<td> c\n d<tr><td>e</table>", "| a & \\*b\\* | c d |\n| --- | --- |\n| e |  |"),
        ("<table><tr><td>a<ul><li>b<li>c</ul><td>d</table>", "| a<br>- b<br>- c | d |\n| --- | --- |"),
        ("<table><tr><td>a<td><h2>b</h2><p>c<tr><td>d<td>e</table>", "a\n\n## b\n\nc\n\nd\\\ne"),
        ("<table><tr><td><table><tr><td>a<td>b</table></table>", "| a | b |\n| --- | --- |"),
        ("<table><tr><td>1. only</table>", "1\\. only"),
    ],
)
def test_tables(page: str, expected: str):
    assert html.of_fragment(page) == expected


def test_code_is_left_as_it_is():
    page = (
        "<pre class='lang-py'>a  &lt; *b*\n  <b>c</b><br><span>d</span></pre><pre><table><tr><td>1<td>e</table></pre>"
    )
    assert html.of_fragment(page) == "```py\na  < *b*\n  c\nd\n```\n\n```\n1\te\n```"


def test_a_note_has_all_its_paragraphs():
    page = "<p>a<sup><a href=#n>1</a></sup> b<ol><li id=n><p>One. <a href=#r>↩</a><p>Two.</ol>"
    assert html.of_fragment(page) == "a[^1] b\n\n[^1]: One.\n\n    Two."


_TAGS = [
    "b",
    "a href=https://e.org",
    "code",
    "p",
    "div",
    "ul",
    "li",
    "ol",
    "table",
    "tr",
    "td",
    "th",
    "pre",
    "h2",
    "dl",
]
_TAGS += ["dt", "blockquote", "br", "sup", "caption", "i", "q", "body"]


@given(
    st.lists(st.tuples(st.sampled_from([f"<{tag}>" for tag in _TAGS] + [f"</{tag}>" for tag in _TAGS]), st.booleans()))
)
@settings(deadline=None)  # the first time, libraries are loaded
def test_no_word_is_lost(pieces: list[tuple[str, bool]]):
    page, words = "start ", 0
    for tag, has_word in pieces:
        words += has_word
        page += tag + (f" w{words}w " if has_word else "")
    seen = set(re.findall(r"w\d+w", render(html.of_fragment(page))))
    assert seen == {f"w{word}w" for word in range(1, words + 1)}
