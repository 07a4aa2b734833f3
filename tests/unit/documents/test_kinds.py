"""What kind of document a file is."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.documents.kinds import Kind, kind_of_file, sniff
from tests.support.documents import archive, docx, paragraph

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(content: bytes, name: str) -> Kind | None:
    return kind_of_file(io.BytesIO(content), name)


def ole(stream: str) -> bytes:
    """The first sectors of an OLE file: its header says that sector 0 is its directory."""
    header = bytearray(512)
    header[:8], header[30:32], header[48:52] = OLE, (9).to_bytes(2, "little"), (0).to_bytes(4, "little")
    return bytes(header) + stream.encode("utf-16-le") + bytes(500)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"%PDF-1.7 ...", "report.docx", Kind.PDF),
        (b"\0\0 %PDF-1.7", "report", Kind.PDF),
        (b"The header %PDF- begins a file.", "about.txt", Kind.TXT),
        (docx(paragraph("x")), "letter.pdf", Kind.DOCX),
        (archive({"docProps/thumbnail.jpeg": bytes(99_999), "ppt/presentation.xml": "x"}), "x.zip", Kind.PPTX),
        (archive({"xl/workbook.xml": "x"}), "x", Kind.XLSX),
        (archive({"xl/workbook.bin": "x"}), "x.xlsb", None),
        (archive({"readme.txt": "x"}), "x.zip", None),
        (archive({"readme.txt": "x"}), "x.docx", Kind.DOCX),
        (archive({"mimetype": "application/vnd.oasis.opendocument.text"}), "x.odt", None),
        (ole("WordDocument"), "x", Kind.DOC),
        (ole("PowerPoint Document"), "x.doc", Kind.PPT),
        (ole("EncryptedPackage"), "x.pptx", Kind.PPTX),
        (ole("EncryptedPackage"), "x", Kind.DOCX),
        (ole("Workbook"), "x.xls", None),
        (ole("Something"), "x.msg", None),
        (b"{\\rtf1 x}", "x.doc", Kind.RTF),
        (b"\n<!doctype html><p>x", "x.txt", Kind.HTML),
        (b"<?xml version='1.0'?><html xmlns='x'/>", "x.xml", Kind.HTML),
        (b"<?xml version='1.0'?><a/>", "x.txt", Kind.XML),
        (b"\xff\xfe" + "<?xml version='1.0'?>".encode("utf-16-le"), "x", Kind.XML),
        ("words without a mark".encode("utf-16-le"), "x", Kind.TXT),
        (b'{"a": 1}', "x.txt", Kind.JSON),
        (b'{"a": 1}', "x.jsonl", Kind.JSONL),
        (b'{"a": 1}\n{"a": 2}\n', "x.json", Kind.JSONL),
        (b'[\n  {"a": 1}\n]', "x.jsonl", Kind.JSON),
        (b"[link](https://example.org)", "x.md", Kind.MARKDOWN),
        (b"[1] a note", "x.txt", Kind.TXT),
        (b"a,b\n1,2\n", "x.csv", Kind.CSV),
        (b"a,b\n1,2\n", "x.log", Kind.TXT),
        (b"Title\n=====\n", "x.rst", Kind.RST),
        (b"words", "x.pdf", Kind.PDF),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "x.png", None),
        (bytes(range(256)) * 4, "x.txt", None),
        (bytes(range(256)) * 4, "x.pdf", Kind.PDF),
        (b"", "x.csv", Kind.CSV),
        (b"", "x", Kind.TXT),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_content_tells_the_kind_and_the_name_only_what_it_cannot(content: bytes, name: str, kind: Kind | None):
    assert kind_of(content, name) is kind


@given(st.binary(max_size=3000), st.sampled_from(["", "x.docx", "x.json", "x.txt", "x.pdf"]), st.binary(max_size=300))
def test_anything_has_a_kind_or_none(head: bytes, name: str, more: bytes):
    for start in (b"", b"PK\x03\x04", OLE, b"{", b"<"):
        assert sniff(start + head, name, more) in (None, *Kind)


def test_each_kind_has_a_label_and_a_media_type():
    assert len({kind.label for kind in Kind}) == len({kind.media_type for kind in Kind}) == len(Kind)
    assert [kind for kind in Kind if not kind.is_converted] == [Kind.MARKDOWN]
