"""DOCX to Markdown."""

from __future__ import annotations

import pytest

from portal.documents.kinds import Kind
from tests.support.documents import archive, cell, docx, failure_of, paragraph, run, table, text_of

MONO = '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New"/>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def markdown(*body: str) -> str:
    return text_of(docx(*body), Kind.DOCX)


def test_a_title_headings_and_paragraphs_stay_in_order():
    body = [paragraph("All", "Titel"), paragraph("One", "H1"), paragraph("Text."), paragraph("Two", "H2")]
    assert markdown(*body) == "# All\n\n# One\n\nText.\n\n## Two\n"


def test_running_heads_and_hidden_text_go():
    assert markdown(paragraph("Shown."), paragraph("Hidden", look="<w:vanish/>")) == "Shown.\n"


def test_lists_keep_their_levels():
    body = [paragraph("one", number=1), paragraph("deep", number=1, level=1), paragraph("two", number=1)]
    assert markdown(*body) == "1. one\n   1. deep\n2. two\n"


def test_bullets_below_a_number_belong_to_it():
    body = [paragraph("one", number=1), paragraph("dot", number=2, level=1), paragraph("two", number=1)]
    assert markdown(*body) == "1. one\n   - dot\n2. two\n"


def test_cells_that_span_leave_their_places_empty():
    body = table(
        cell("AB", '<w:gridSpan w:val="2"/>') + cell("C"),
        cell("1", '<w:vMerge w:val="restart"/>') + cell("2|3") + cell("4"),
        cell("", "<w:vMerge/>") + cell("5") + cell("6"),
    )
    assert markdown(body) == "| AB |  | C |\n| --- | --- | --- |\n| 1 | 2\\|3 | 4 |\n|  | 5 | 6 |\n"


def test_links_emphasis_and_notes():
    body = paragraph(
        '<w:hyperlink r:id="link"><w:r><w:t>here</w:t></w:r></w:hyperlink>'
        + run(" very ", "<w:b/>")
        + run("well", "<w:b/><w:i/>")
        + '<w:r><w:footnoteReference w:id="2"/></w:r>'
    )
    text = markdown(body)
    assert text == "[here](https://example.org/a_b) **very** ***well***[^1]\n\n[^1]: What the note says.\n"


def test_code_is_what_is_monospaced():
    body = [
        paragraph("This is how people call what is below:"),
        paragraph("def f():", look=MONO),
        paragraph("    return 1", look=MONO),
        paragraph(run("Then ") + run("f()", MONO) + run(".")),
    ]
    assert (
        markdown(*body) == "This is how people call what is below:\n\n```\ndef f():\n    return 1\n```\n\nThen `f()`.\n"
    )


def test_a_document_that_is_all_typewriter_is_not_code():
    assert markdown(paragraph("A letter, written by machine.", look=MONO)) == "A letter, written by machine.\n"


def test_text_means_itself():
    body = [paragraph("# no heading"), paragraph("2. no list"), paragraph("a *star* and snake_case &lt;b&gt;")]
    assert markdown(*body) == "\\# no heading\n\n2\\. no list\n\na \\*star\\* and snake_case \\<b>\n"


def test_inserted_text_stays_and_deleted_text_goes():
    inserted = "<w:ins w:id='1' w:author='x'><w:r><w:t>in</w:t></w:r></w:ins>"
    deleted = "<w:del w:id='2' w:author='x'><w:r><w:delText>out</w:delText></w:r></w:del>"
    assert markdown(f"<w:p>{inserted}{deleted}</w:p>") == "in\n"


@pytest.mark.parametrize(
    ("content", "failure"),
    [
        (b"", "empty"),
        (docx(paragraph("")), "empty"),
        (docx(paragraph(""), more={"word/media/image1.png": b"\x89PNG"}), "no_text"),
        (docx(paragraph(""), more={"word/vbaProject.bin": b"macro"}), "macros_only"),
        (b"nothing of the kind", "office_damaged"),
        (docx(paragraph("x"))[:-100], "office_damaged"),
        (archive({"readme.txt": "hello"}), "office_damaged"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "office_locked"),
        (OLE + b"\0" * 1200, "office_damaged"),
        (docx(paragraph("x"), before='<!DOCTYPE x [<!ENTITY a "b">]>'), "malformed"),
        (docx(paragraph("x"), more={"word/media/a.bmp": bytes(64 << 20)}), "archive_bomb"),
    ],
    ids=range(11),
)
def test_each_way_to_fail_has_its_failure(content: bytes, failure: str):
    assert failure_of(content, Kind.DOCX) == failure
