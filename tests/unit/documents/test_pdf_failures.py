"""PDFs that can't be converted, or only in part: each has its sentence."""

from __future__ import annotations

import zlib
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from portal.documents import failures
from portal.documents.converting import Markdown, Source, convert
from portal.documents.failures import ConversionFailed, Failure
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from portal.documents.pdf.recognising.images import draw
from tests.support.pdfs import Page, Text, lines, write_pdf

TEXT = Page(
    lines(["The wheel was renewed last year, and so was the gate in front", "of it; the mill is a house now."], top=200)
)
WHITE = b"P5 100 100 255\n" + b"\xff" * 10_000


def made(path: Path, method: Method = Method.SPEED) -> Markdown:
    return convert(Source(path, Kind.PDF, method, path.parent))


def failure(path: Path, method: Method = Method.SPEED) -> Failure:
    with pytest.raises(ConversionFailed) as raised:
        made(path, method)
    return raised.value.failure


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made.pdf"


@pytest.fixture
def scan(path: Path) -> bytes:
    """An image of a page of text."""
    write_pdf(
        path, [Page([Text(72, 200, "The wheel turns slowly", 24), Text(72, 240, "and the mill stands still", 24)])]
    )
    image = path.with_suffix(".pgm")
    with pypdfium2.PdfDocument(path) as document:
        draw(document, 1, image)
    return image.read_bytes()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", failures.EMPTY),
        (b"A text that has no mark of a PDF", failures.PDF_UNREADABLE),
        (b"%PDF-1.7\nnothing of a PDF follows", failures.PDF_UNREADABLE),
    ],
)
def test_what_is_no_pdf(path: Path, content: bytes, expected: Failure) -> None:
    path.write_bytes(content)

    assert failure(path) is expected


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_pdf_that_is_cut_off_is_never_half_converted(path: Path, part: float) -> None:
    content = write_pdf(path, [TEXT] * 10).read_bytes()
    path.write_bytes(content[: int(part * len(content))])

    assert failure(path) is failures.PDF_UNREADABLE


@pytest.mark.parametrize("revision", [4, 6])
def test_a_pdf_that_needs_a_password(path: Path, revision: int) -> None:
    write_pdf(path, [TEXT], encryption=pikepdf.Encryption(user="secret", owner="other", R=revision))

    assert failure(path) is failures.PDF_UNREADABLE


def test_a_password_that_only_keeps_from_changing_it_is_none(path: Path) -> None:
    write_pdf(path, [TEXT], encryption=pikepdf.Encryption(user="", owner="secret", R=6))

    assert made(path).text.startswith("The wheel was renewed")


def test_a_pdf_without_pages(path: Path) -> None:
    assert failure(write_pdf(path, [])) is failures.PDF_UNREADABLE


@pytest.mark.parametrize(
    "page",
    [Page(TEXT.texts, size=(1e9, 1e9)), Page(TEXT.texts, size=(600, 14_401)), Page(TEXT.texts, more={"/UserUnit": 30})],
)
def test_pages_that_are_too_large(path: Path, page: Page) -> None:
    assert failure(write_pdf(path, [TEXT, page])) is failures.PAGE_TOO_LARGE


def test_a_large_page_is_no_failure(path: Path) -> None:
    assert made(write_pdf(path, [Page(TEXT.texts, size=(7_000, 7_000), more={"/UserUnit": 2})])).pages == 1


def test_too_many_pages(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.documents.pdf.checks.MOST_PAGES", 3)

    assert failure(write_pdf(path, [TEXT] * 4)) is failures.TOO_LONG
    assert made(write_pdf(path, [TEXT] * 3)).pages == 3


@pytest.mark.parametrize("times", [1, 2])
def test_content_that_unpacks_to_far_too_much(path: Path, times: int) -> None:
    content = b"0 0 m " * 12_000_000
    for _ in range(times):
        content = zlib.compress(content, 1)
    write_pdf(path, [TEXT])
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        packed = [pikepdf.Name.FlateDecode] * times
        document.pages[0].obj.Contents.write(content, filter=pikepdf.Array(packed) if times > 1 else packed[0])
        document.save()

    assert failure(path) is failures.ARCHIVE_BOMB


def test_forms_that_hold_themselves(path: Path) -> None:
    write_pdf(path, [TEXT])
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        form = document.make_stream(b"/Own Do")
        form.Type, form.Subtype, form.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, pikepdf.Array([0, 0, 9, 9])
        form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Own=form))
        document.pages[0].obj.Resources.XObject = pikepdf.Dictionary(Own=form)
        document.save()

    assert failure(path) is failures.PDF_UNREADABLE


def test_blank_pages(path: Path) -> None:
    assert failure(write_pdf(path, [Page(), Page()])) is failures.EMPTY


def test_content_that_is_garbled_is_told(path: Path) -> None:
    write_pdf(path, [TEXT] * 3)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        packed = zlib.compress(document.pages[1].obj.Contents.read_bytes())
        document.pages[1].obj.Contents.write(packed[:-30], filter=pikepdf.Name.FlateDecode)
        document.save()

    assert made(path).notes == ["The file is damaged: text of page 2 is missing or incomplete."]


def test_hardly_anything_left_of_a_damaged_pdf(path: Path) -> None:
    write_pdf(path, [TEXT] * 3)
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        for page in document.pages[:2]:
            page.obj.Contents.write(b"garbled", filter=pikepdf.Name.FlateDecode)
        document.save()

    assert failure(path) is failures.PDF_UNREADABLE


def test_scanned_pages_say_what_to_do(path: Path, scan: bytes) -> None:
    assert failure(write_pdf(path, [Page(image=scan)] * 2)) is failures.SCANNED
    assert "accuracy-optimized" in failures.SCANNED.fix


def test_scanned_pages_among_others_are_told(path: Path, scan: bytes) -> None:
    markdown = made(write_pdf(path, [TEXT, Page(image=scan), Page(image=scan), TEXT, Page(image=scan)]))

    assert markdown.text.count("The wheel was renewed") == 2
    assert markdown.notes == [
        "Text in the images of pages 2–3 and 5 is missing. The method accuracy-optimized recognises text in images."
    ]


def test_a_missing_tesseract_is_named(path: Path, scan: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(path.parent))
    assert failure(write_pdf(path, [Page(image=scan)]), Method.ACCURACY) is failures.RECOGNISER_MISSING


def test_scanned_pages_are_recognised(path: Path, scan: bytes) -> None:
    markdown = made(write_pdf(path, [TEXT, Page(image=scan)]), Method.ACCURACY)

    assert "The wheel turns slowly and the mill stands still" in markdown.text
    assert markdown.notes == ["The text of page 2 was recognised in images and may have mistakes."]


def test_images_without_text(path: Path) -> None:
    assert failure(write_pdf(path, [Page(image=WHITE)]), Method.ACCURACY) is failures.NO_TEXT_RECOGNISED


def test_text_over_an_image_is_read(path: Path) -> None:
    markdown = made(write_pdf(path, [Page(TEXT.texts, image=WHITE)]))

    assert markdown.text.startswith("The wheel was renewed")
    assert markdown.notes == []
