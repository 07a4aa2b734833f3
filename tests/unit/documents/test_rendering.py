"""Markdown as HTML that is safe to show."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.documents.rendering import render, render_part

BAD = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://elsewhere.example/pixel.png)",
    "[x](javascript:alert(1))",
    '<a href="javascript:alert(1)">x</a>',
    '<div onclick="alert(1)" style="position:fixed">x</div>',
    "<iframe src=https://elsewhere.example></iframe>",
    "<style>body { display: none }</style>",
    '<form action="/sign-out" method=post><button>x</button></form>',
    "[x](/admin/delete)",
    "<h1>x</h1>",
    '<p id="main" class="modal">x</p>',
]


@pytest.mark.parametrize("text", BAD)
def test_nothing_that_runs_loads_or_leads_astray_is_shown(text: str):
    html = render(f"before\n\n{text}\n\n| {text} |\n| --- |\n| {text} |\n").lower()
    for sign in ("<script", "<img", "<iframe", "<style", "<form", "<h1", "href=", " id=", 'class="modal', "style="):
        assert sign not in html
    assert "before" in html


def test_headings_leave_the_first_level_to_the_page():
    assert render("# One\n\n###### Six\n") == "<h2>One</h2>\n<h6>Six</h6>\n"


def test_tables_notes_code_and_links():
    html = render("| a |\n| --- |\n| 1<br>2 |\n\n[x](https://e.org) ~~no~~[^1]\n\n```py\n1 < 2\n```\n\n[^1]: Note.\n")
    assert "<td>1<br>2</td>" in html
    assert '<a href="https://e.org" rel="noopener nofollow">x</a> <s>no</s>' in html
    assert '<a href="#fn1"' in html
    assert '<li id="fn1"' in html
    assert "<code>1 &lt; 2\n</code>" in html


def test_an_image_is_what_is_said_of_it():
    assert render("![A *cat*](https://e.org/x.png)") == '<p><span class="image">A cat</span></p>\n'


@given(st.lists(st.sampled_from(["word\n", "\n", "| a |\n", "```\n", "- x\n", "long line " * 5]), max_size=60))
def test_parts_follow_each_other_to_the_end(pieces: list[str]):
    text, start, seen = "".join(pieces), 0, ""
    for _ in range(len(text) + 1):
        part = render_part(text, start, 40)
        seen += text[part.start : part.end]
        start = part.end
        if part.is_last:
            break
    assert seen == text


def test_a_part_ends_between_blocks_and_not_in_code():
    text = "one\n\n```\n" + "x\n\n" * 20 + "```\n\nlast\n"
    first = render_part(text, 0, 40)
    assert text[: first.end] == "one\n\n"
    assert render_part(text, 0, 1000).is_last


def test_code_that_goes_on_stays_code():
    text = "~~~py\n" + "*x*\n\n| y\n" * 50 + "~~~\n\n*last*\n\n```\nz\n```\n"
    start, parts = 0, list[str]()
    while start < len(text):
        part = render_part(text, start, 100)
        parts.append(part.html)
        start = part.end
    assert len(parts) > 3
    assert all("<pre><code" in html and "<em>x" not in html and "<table" not in html for html in parts[:-1])
    assert "<em>last</em>" in "".join(parts)


def test_a_table_that_goes_on_keeps_its_head():
    text = "| name |\n| --- |\n" + "| row |\n" * 100
    first = render_part(text, 0, 200)
    assert "<th>name</th>" in render_part(text, first.end, 200).html


@pytest.mark.parametrize("piece", ["[", "![", "[^", ">", "*a ", "<a ", "`a``", "[a]("])
def test_what_parsers_stumble_over_takes_no_time(piece: str):
    assert len(render(piece * 30_000)) < 10_000_000
