"""What `inspect` says of whole files."""

import codecs
import io
import sqlite3
import zipfile
from pathlib import Path

import pytest

from portal.importers import Delimited
from portal.reading import Dialect, UnreadableFile, inspect


def look(data: bytes, format: Delimited | None = None, **how: int) -> Dialect:
    found = inspect(io.BytesIO(data), format, **how)
    assert isinstance(found, Dialect)
    return found


def refusal(data: bytes, format: Delimited | None = None) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        look(data, format)
    assert caught.value.message.endswith(".")
    assert caught.value.fix.endswith(".")
    return caught.value


def zipped(*names: str, mimetype: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        for name in names:
            archive.writestr(name, "<x/>" * 100)
    return buffer.getvalue()


def sqlite_file(folder: Path) -> bytes:
    path = folder / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a)")
    return path.read_bytes()


# Ordinary files


def test_a_plain_file_in_words() -> None:
    dialect = look(b"id, name ,city\n1,Ann,Bonn\n")
    assert dialect == Dialect(",", "utf-8", "\n", ("id", "name", "city"), 15, 1)
    assert dialect.text == "CSV, UTF-8, comma, 3 columns"


def test_a_single_column_in_words() -> None:
    assert look(b"id\n1\n").text == "CSV, UTF-8, comma, 1 column"


def test_quoted_headers_may_hold_delimiters_line_ends_and_quotes() -> None:
    dialect = look(b'"a, b","c\r\nd","e ""f"""\r\n1,2,3\r\n')
    assert dialect.headers == ("a, b", "c\r\nd", 'e "f"')
    assert dialect.header_lines == 2


def test_blank_lines_above_the_header_are_skipped() -> None:
    dialect = look(b"\n  \r\na,b\n1,2\n")
    assert (dialect.headers, dialect.header_lines) == (("a", "b"), 3)


def test_the_separator_hint_of_excel_is_followed_and_skipped() -> None:
    dialect = look(b"sep=|\r\na,x|b\r\n1|2\r\n")
    assert (dialect.delimiter, dialect.headers, dialect.header_lines) == ("|", ("a,x", "b"), 2)


def test_the_source_may_stand_anywhere() -> None:
    source = io.BytesIO(b"a,b\n1,2\n")
    source.seek(5)
    assert inspect(source).headers == ("a", "b")


def test_a_sample_that_ends_inside_a_quoted_cell() -> None:
    data = b"a,b\n" + b'1,"x\ny, z"\n' * 1000
    for size in range(60, 80):
        assert look(data, sample_bytes=size).headers == ("a", "b")


# Delimiters


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_is_found(delimiter: str) -> None:
    assert look(f"a{delimiter}b\n1{delimiter}2\n".encode()).delimiter == delimiter


def test_decimal_commas_do_not_make_a_comma_file() -> None:
    dialect = look(b"Name, Vorname;Preis, netto\nMeier, A;1,5\nKurz;2,5\n")
    assert (dialect.delimiter, len(dialect.headers)) == (";", 2)


def test_equally_consistent_delimiters_are_told_apart_by_columns() -> None:
    dialect = look(b"a;b, c;d\n1;2, 3;4\n")
    assert (dialect.delimiter, len(dialect.headers)) == (";", 3)


def test_delimiters_in_quotes_do_not_count() -> None:
    assert look(b'"a;b;c;d",e\n"1;2;3;4",5\n').delimiter == ","


def test_one_stray_quote_does_not_confuse_the_choice() -> None:
    data = b'a;b, c\n1;"2\n' + b"1;2,3\n1;2\n" * 50
    assert look(data).delimiter == ";"


def test_no_delimiter_makes_a_single_column() -> None:
    assert look(b"name\nAnn\nBob\n").headers == ("name",)


# Line ends


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_each_line_end_is_found(newline: str) -> None:
    assert look(f"a,b{newline}1,2{newline}3,4{newline}".encode()).newline == newline


def test_line_ends_in_quotes_do_not_count() -> None:
    assert look(b'a,b\r\n1,"x\n\n\n\ny"\r\n').newline == "\r\n"
    assert look(b'a,b\r1,"x\n\n\n\ny"\r').newline == "\r"


def test_the_more_frequent_line_end_wins() -> None:
    assert look(b"a,b\n1,2\r\n3,4\r\n").newline == "\r\n"
    assert look(b"a,b\r\n1,2\n3,4\n").newline == "\n"
    assert look(b"a,b\r\r\n1,2\r\r\n").newline == "\r\n"


# Encodings


@pytest.mark.parametrize(
    ("mark", "encoding", "name"),
    [
        (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
    ],
)
def test_a_byte_order_mark_decides(mark: bytes, encoding: str, name: str) -> None:
    codec = encoding.removesuffix("-sig")
    dialect = look(mark + "näme,b\n1,2\n".encode(codec))
    assert (dialect.encoding, dialect.headers) == (encoding, ("näme", "b"))
    assert f", {name}, " in dialect.text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_utf16_without_a_mark(encoding: str, newline: str) -> None:
    dialect = look(f"name,tøwn{newline}Ann,Zürich{newline}".encode(encoding))
    assert (dialect.encoding, dialect.headers) == (encoding, ("name", "tøwn"))


def test_utf8_beyond_the_sample_and_across_chunks() -> None:
    data = b"a,b\n" + b"x,y\n" * 300_000 + ("z" + "é€😀" * 200_000 + ",y\n").encode()
    assert look(data).encoding == "utf-8"


def test_western_text_of_windows() -> None:
    dialect = look("name,price\nJosé,5 €\nZoë,“7”\n".encode("cp1252"))
    assert dialect.encoding == "cp1252"
    assert dialect.text == "CSV, Windows-1252, comma, 2 columns"


def test_western_text_that_shows_only_after_the_sample() -> None:
    assert look(b"a,b\n" + b"x,y\n" * 300_000 + b"\xe9,1\n").encoding == "cp1252"


def test_western_text_that_looks_like_utf8_by_chance() -> None:
    assert look("a,b\nÃ©,1\né,2\nö,3\n".encode("cp1252")).encoding == "cp1252"


def test_mostly_utf8_stays_utf8() -> None:
    assert look("a,b\né,1\nö,3\n".encode() + b"\xe9,2\n").encoding == "utf-8"


def test_an_unknown_encoding() -> None:
    error = refusal("名前,町\n山田、東京都新宿区,神奈川\n".encode("shift_jis"))
    assert error.code == "encoding"
    assert "UTF-8" in error.fix


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_utf32(encoding: str) -> None:
    error = refusal("\ufeffa,b\n1,2\n".encode(encoding))
    assert (error.code, error.message) == ("encoding", "The file is UTF-32 text, which can't be read.")


def test_a_header_that_cannot_be_decoded() -> None:
    assert refusal(b"a\xff,b\n" + "é,ö\n".encode()).code == "encoding"


def test_nuls_in_cells_are_no_reason_to_refuse() -> None:
    for data in (b"a,b\n\0,x\n", b"a,b\n1,2\0\n", b"a,b\n12,\0\n", b"a,b\n1,\0\n"):
        assert look(data).encoding == "utf-8"


# No table


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \r\n\t\n",
        codecs.BOM_UTF8,
        codecs.BOM_UTF8 + b"\n \n",
        codecs.BOM_UTF16_LE,
        "\ufeff \n".encode("utf-16-be"),
        b"sep=;\r\n\r\n",
    ],
)
def test_an_empty_file(data: bytes) -> None:
    error = refusal(data)
    assert (error.code, error.message) == ("empty", "The file is empty.")


@pytest.mark.parametrize("tail", [b"", b"\n", b"\r\n", b"\n\n \n\r\n", b"\r", b"\n\t\n"])
def test_headers_only(tail: bytes) -> None:
    error = refusal(b"a,b" + tail)
    assert error.code == "headers_only"
    assert error.message == "The file has a header line but no rows below it."


def test_rows_of_empty_cells_are_rows() -> None:
    assert look(b"a,b\n,\n").headers == ("a", "b")
    assert look(b"a\tb\n\t\n").headers == ("a", "b")


def test_rows_after_megabytes_of_blank_lines() -> None:
    assert look(b"a,b\n" + b"\n" * (3 << 20) + b"1,2\n").headers == ("a", "b")


def test_duplicate_headers_are_named() -> None:
    error = refusal(b"id,name, id ,town,name\n1,2,3,4,5\n")
    assert error.code == "duplicate_headers"
    assert error.message == "“id”, “name” appear more than once in the header line."
    assert refusal(b"id,id\n1,2\n").message == "“id” appears more than once in the header line."


def test_unnamed_columns_are_named_by_position() -> None:
    error = refusal(b"id,,name\n1,2,3\n")
    assert (error.code, error.message) == ("unnamed_column", "Column 2 has no name.")
    assert refusal(b"id, ,name,\n1,2,3,\n").message == "Columns 2, 4 have no name."


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'"a,b\n1,2\n', "The header line has a quotation mark that is never closed."),
        (b'"a"x,b\n1,2\n', "The header line has a quotation mark in the wrong place."),
    ],
)
def test_a_misquoted_header(data: bytes, message: str) -> None:
    error = refusal(data)
    assert (error.code, error.message) == ("broken_header", message)


def test_a_first_line_longer_than_the_sample() -> None:
    error = refusal(b"x" * (2 << 20))
    assert error.code == "not_a_table"


def test_binary_data_of_no_known_format() -> None:
    error = refusal(b"\x7fELF" + bytes(range(256)) * 40)
    assert (error.code, error.message) == (
        "not_a_table",
        "The file holds binary data, not a table of text.",
    )
    assert refusal(b"ab\0\0\0\0\0\0" * 100).code == "not_a_table"


@pytest.mark.parametrize(
    ("data", "code", "is_a"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "pdf", "a PDF document"),
        (zipped("word/document.xml"), "word_document", "a Word document"),
        (zipped("ppt/presentation.xml"), "powerpoint_document", "a PowerPoint presentation"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le"),
            "word_document",
            "a Word document",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "protected",
            "a document protected by a password",
        ),
        (b"7z\xbc\xaf\x27\x1c\0\4", "archive", "a compressed archive"),
        (b"a.csv".ljust(257, b"\0") + b"ustar\0" + bytes(300), "archive", "a tar archive"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image", "an image"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image", "an image"),
        (b"GIF89a\1\0\1\0", "image", "an image"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image", "an image"),
        (b"II*\0\x08\0\0\0", "image", "an image"),
        (b"MM\0*\0\0\0\x08", "image", "an image"),
        (b"<!DOCTYPE html>\n<html><body>a,b</body></html>", "html", "a web page (HTML)"),
        (b"\xef\xbb\xbf  <HTML>\n<p>a</p>", "html", "a web page (HTML)"),
        ("<html>\r\n<p>ä</p>".encode("utf-16"), "html", "a web page (HTML)"),
        (b'<?xml version="1.0"?>\n<a/>', "xml", "an XML document"),
    ],
)
def test_what_is_no_table_is_named(data: bytes, code: str, is_a: str) -> None:
    error = refusal(data)
    assert (error.code, error.message) == (code, f"This is {is_a}, not a table.")


def test_an_sqlite_database(tmp_path: Path) -> None:
    assert refusal(sqlite_file(tmp_path)).code == "sqlite"


@pytest.mark.parametrize("header", [b"[id],[name]", b"PAR1,x", b"<5,>=5", b"{id},b", b"PK,b", b"II*,b"])
def test_headers_that_resemble_other_formats(header: bytes) -> None:
    assert len(look(header + b"\n1,2\n").headers) == 2
