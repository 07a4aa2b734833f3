"""Starting a run: a file that can't be imported is refused with what is wrong and what to do, before it begins."""

from __future__ import annotations

import io
import zipfile

import pytest

from portal.errors import BadInput, NotFound
from portal.extensions import huey
from portal.files.operations import safe_name
from portal.lifecycle import RunStatus
from tests.support.lab import Lab


def packed(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b" \n\n", "The file is empty."),
        (b"sku,name\n", "The file has a header line but no rows below it."),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "This is a PDF document, not a table."),
        (packed("a.csv", "b.csv"), "The ZIP archive holds 2 files, not one table: “a.csv”, “b.csv”."),
        (packed("[Content_Types].xml", "word/document.xml"), "This is a Word document, not a table."),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "This is an image, not a table."),
        ("sku,name\nA,ä\n".encode("utf-32"), "The file is UTF-32 text, which can't be read."),
        (b"sku,name,sku\nA,b,C\n", "“sku” appears more than once in the header line."),
        (b"name,price\napple,1\n", "The file has no column sku, which this importer needs."),
        (b"colour,price\nred,1\n", "The file has no columns sku, name, which this importer needs."),
    ],
)
def test_a_file_that_can_not_be_imported_is_refused(lab: Lab, content: bytes, message: str) -> None:
    with pytest.raises(BadInput) as refused:
        lab.start("goods", content)
    assert refused.value.detail == message
    assert refused.value.fix
    assert refused.value.errors == {"file": [message]}
    assert (lab.rows("SELECT * FROM ingest_runs"), huey.pending_count()) == ([], 0)


def test_the_likely_header_of_a_missing_column_is_named(lab: Lab) -> None:
    with pytest.raises(BadInput) as refused:
        lab.start("goods", "article numbr,name\nA,apple\n")
    assert refused.value.fix == "Rename the header: “article numbr” looks like sku."


def test_a_file_without_any_known_header_is_refused(lab: Lab) -> None:
    lab.app.extensions["importers"]["notes"].columns["body"].required = False
    try:
        with pytest.raises(BadInput, match="No header of the file is a column of this importer"):
            lab.start("notes", "one,two\n1,2\n")
    finally:
        lab.app.extensions["importers"]["notes"].columns["body"].required = True


def test_an_unknown_importer_is_not_found(lab: Lab) -> None:
    with pytest.raises(NotFound, match="no importer called bads"):
        lab.start("bads", "a\n1\n")


@pytest.mark.parametrize(
    ("slug", "content", "use"), [("nowhere", "id\n1\n", "writes to"), ("looks-nowhere", "body\n1\n", "looks into")]
)
def test_a_table_that_is_not_there_is_named(lab: Lab, slug, content, use) -> None:
    with pytest.raises(BadInput, match=f"The database has no table called not_there, which this importer {use}"):
        lab.start(slug, content)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read(lab: Lab, encoding: str) -> None:
    run = lab.run("goods", "sku,name\nA,Äpfel\n".encode(encoding))
    assert run.status == RunStatus.COMPLETED
    assert lab.rows("SELECT name FROM goods") == [("Äpfel",)]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\rows.csv", "rows.csv"),
        ("a\x00b\n.csv", "ab.csv"),
        ("", "upload.csv"),
        ("/", "upload.csv"),
        ("ä" * 300 + ".csv", "ä" * 196 + ".csv"),
        ("\u202egpj.csv", "gpj.csv"),
    ],
)
def test_file_names_are_made_harmless(name: str, kept: str) -> None:
    assert safe_name(name) == kept


def test_a_refused_upload_leaves_nothing_behind(lab: Lab) -> None:
    with pytest.raises(BadInput):
        lab.start("goods", "these,are,other,columns\n1,2,3,4\n")
    assert lab.rows("SELECT count(*) FROM files") == [(0,)]
    assert not [path for path in (lab.folder / "files").rglob("*") if path.is_file()]
