"""The page of one file: its Markdown beside what it was made from."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from portal.documents.failures import SCANNED
from tests.web.datajobs.conftest import Bench, fail, words

PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj"


def page_of(bench: Bench, job_id: str, name: str) -> str:
    with bench() as lab:
        return f"/jobs/{job_id}/files/{lab.file_of(job_id, name).file_id}"


def test_the_markdown_stands_beside_the_original(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("faq.html", "<h1>Questions</h1><p>Is it <em>open</em>?</p><script>alert(1)</script>"))
        lab.convert()
    path = page_of(bench, job_id, "faq.html")
    assert f'<a href="{path}"><bdi>faq.html</bdi></a>' in jo.get(f"/jobs/{job_id}").text
    page = jo.get(path).text
    assert "<em>open</em>" in page
    assert "&lt;h1&gt;Questions&lt;/h1&gt;" in page, "the original is shown as text"
    assert "<script>alert" not in page
    raw = jo.get(f"{path}?raw=1").text
    assert "# Questions" in raw
    assert "<em>open" not in raw
    made = jo.get(f"{path}/markdown")
    assert made.headers["Content-Disposition"] == "attachment; filename=faq.md"
    assert made.data.startswith(b"# Questions")
    source = jo.get(f"{path}/original?show=1")
    assert source.headers["Content-Disposition"].startswith("attachment;"), "HTML is never shown by a browser"


def test_a_pdf_is_shown_within_the_page_and_nowhere_else(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("a.pdf", PDF))
        fail(lab, job_id, "a.pdf", SCANNED)
    path = page_of(bench, job_id, "a.pdf")
    page = jo.get(path)
    assert f'<iframe class="beside" src="{path}/original?show=1" title="The PDF a.pdf"' in page.text
    assert "The document consists of images of pages, without any text." in words(page)
    assert page.headers["X-Frame-Options"] == "DENY"
    shown = jo.get(f"{path}/original?show=1")
    assert (shown.mimetype, shown.data) == ("application/pdf", PDF)
    assert shown.headers["Content-Disposition"] == "inline"
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    policy = shown.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'self'"} < set(policy)
    kept = jo.get(f"{path}/original")
    assert kept.headers["Content-Disposition"] == "attachment; filename=a.pdf"
    assert "frame-ancestors 'none'" in kept.headers["Content-Security-Policy"]


def test_markdown_is_shown_as_it_is(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("notes.md", "# Notes\n\n* **one**\n"))
    path = page_of(bench, job_id, "notes.md")
    page = jo.get(path)
    assert "<strong>one</strong>" in page.text
    assert "Markdown is used as it is." in words(page)
    assert '<h2 class="card-title" id="original">' not in page.text
    assert jo.get(f"{path}/markdown").data == b"# Notes\n\n* **one**\n"
    assert jo.get(f"{path}/original").status_code == 404


def test_long_markdown_comes_in_parts(jo: FlaskClient, bench: Bench) -> None:
    paragraphs = [f"Paragraph {number} of the ümlaut book." for number in range(9_000)]
    with bench() as lab:
        job_id = lab.job(lab.file("long.md", "\n\n".join(paragraphs)))
    address, seen = page_of(bench, job_id, "long.md"), []
    while address:
        page = jo.get(address).text
        seen += re.findall(r"<p>(Paragraph \d+ of the ümlaut book\.)</p>", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1] if following else ""
    assert seen == paragraphs


def test_a_file_that_waits_says_so(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("a.docx"))
    page = jo.get(page_of(bench, job_id, "a.docx"))
    assert "It isn’t converted yet." in words(page)
    assert "A browser can’t show the original: download it to look at it." in words(page)
    assert 'hx-trigger="every 1s"' in page.text


def test_contents_that_are_gone_are_told(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("a.md"))
        for key in lab.stored():
            (lab.folder / "files" / key).unlink()
    path = page_of(bench, job_id, "a.md")
    page = jo.get(path)
    assert page.status_code == 200
    assert "The contents of a.md are gone" in words(page)
    assert jo.get(f"{path}/markdown").status_code == 404


@pytest.mark.parametrize("what", ["", "/original", "/markdown"])
def test_the_file_of_another_is_never_given(jo: FlaskClient, bench: Bench, what: str) -> None:
    with bench() as lab:
        foreign = lab.file("secret.txt", "A secret.", by=lab.someone("operator", "other@example.com"))
        job_id = lab.job(foreign)
        lab.set_state(job_id, foreign, "queued")
    answer = jo.get(f"/jobs/{job_id}/files/{foreign}{what}")
    assert answer.status_code == (404 if what else 200)
    assert "secret" not in answer.text.replace(foreign, "").lower()
