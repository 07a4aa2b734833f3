"""How damage is reported, and that it stays where it is."""

import codecs

import pytest

from .support import both


def test_too_few_and_too_many_fields() -> None:
    found = both(b"a,b,c\n1,2\n1,2,3\n1,2,3,4\n1\n")
    assert found.rows == [("1", "2", "3")]
    assert found.numbers == [2]
    few, many, one = found.malformed
    assert (few.row_number, few.line_number, few.fields, few.raw) == (1, 2, ("1", "2"), "1,2")
    assert few.message == "Line 2 has 2 fields, but the header has 3."
    assert few.fix == "Add what is missing; if the line was broken in two, join it with its other half."
    assert (many.row_number, many.line_number, many.fields) == (3, 4, ("1", "2", "3", "4"))
    assert many.message == "Line 4 has 4 fields, but the header has 3."
    assert many.fix == "Put quotation marks around a field that holds a comma, or remove what is too much."
    assert one.message == "Line 5 has 1 field, but the header has 3."


def test_too_few_and_too_many_that_cancel_out() -> None:
    found = both(b"a,b,c\n1,2\n1,2,3,4\n" * 1)
    assert (found.rows, len(found.malformed)) == ([], 2)


def test_fields_of_a_quoted_line_are_unquoted() -> None:
    (line,) = both(b'a,b,c\n"1,5","x ""y"""\n').malformed
    assert line.fields == ("1,5", 'x "y"')
    assert line.raw == '"1,5","x ""y"""'


def test_too_many_fields_on_a_line_with_quotes() -> None:
    found = both(b'a,b\n"1",2,3\n1,"2","3"\n')
    assert found.messages == [f"Line {line} has 3 fields, but the header has 2." for line in (2, 3)]


def test_a_quote_that_is_never_closed() -> None:
    found = both(b'a,b\n1,2\n3,"4\n5,6\n7,8\n')
    assert (found.rows, found.numbers) == ([("1", "2"), ("5", "6"), ("7", "8")], [1, 3, 4])
    (line,) = found.malformed
    assert (line.row_number, line.line_number, line.raw) == (2, 3, '3,"4')
    assert line.fields == ("3", '"4')
    assert line.message == "Line 3 has a quotation mark that is never closed."


def test_text_after_a_closing_quote() -> None:
    found = both(b'a,b\n"1"x,2\n3,4\n')
    assert found.messages == ["Line 2 has a quotation mark in the wrong place."]
    assert found.rows == [("3", "4")]


def test_a_stray_quote_that_meets_a_legal_one_below() -> None:
    found = both(b'a,b\n1,"2\n3,4\n5,"6"\n7,8\n')
    assert found.messages == ["Line 2 has a quotation mark in the wrong place."]
    assert found.rows == [("3", "4"), ("5", "6"), ("7", "8")]


def test_a_stray_quote_that_is_closed_far_below_by_another() -> None:
    found = both(b'a,b\n"1,2\n3,4\n5,6"\n7,8\n')
    assert found.messages == [
        "Line 2 has a quotation mark that joins it to the lines below, and together they don't have 2 fields."
    ]
    assert found.rows == [("3", "4"), ("5", '6"'), ("7", "8")]
    assert found.numbers == [2, 3, 4]


def test_a_stray_quote_that_would_join_more_and_more_lines() -> None:
    data = b"a,b\n" + b'x","\n' * 500
    found = both(data)
    assert len(found.malformed) == 500
    assert len({line.line_number for line in found.malformed}) == 500


def test_undecodable_bytes() -> None:
    found = both("a,b\né,1\n".encode() + b"\xff\xfe,2\n" + "ö,3\nü,4\n".encode())
    assert found.rows == [("é", "1"), ("ö", "3"), ("ü", "4")]
    (line,) = found.malformed
    assert (line.row_number, line.line_number) == (2, 3)
    assert line.message == "Line 3 isn't valid UTF-8 text."
    assert (line.raw, line.fields) == ("\ufffd\ufffd,2", ("\ufffd\ufffd", "2"))


def test_undecodable_bytes_in_a_record_of_several_lines() -> None:
    found = both(codecs.BOM_UTF8 + b'a,b\n1,"x\n\xff\ny"\n2,3\n')
    assert found.rows == [("2", "3")]
    assert found.messages == ["The record on lines 2 to 4 isn't valid UTF-8 text."]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 64])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_half_characters_of_utf16(encoding: str, size: int) -> None:
    mark = "\ufeff".encode(encoding)
    lone = "a,b\n1,x\ud83dy\n2,😀\n3,\ude00\n4,5".encode(encoding, "surrogatepass")
    found = both(mark + lone, piece_bytes=size)
    assert found.rows == [("2", "😀"), ("4", "5")]
    assert found.messages == ["Line 2 isn't valid UTF-16 text.", "Line 4 isn't valid UTF-16 text."]


@pytest.mark.parametrize("tail", [b"\0", b"\x3d\xd8", b"\x3d\xd8\0"])
def test_utf16_that_is_cut_off(tail: bytes) -> None:
    found = both("\ufeffa,b\n1,2\n3,4".encode("utf-16-le") + tail)
    assert found.rows == [("1", "2")]
    assert found.messages == ["Line 3 isn't valid UTF-16 text."]


def test_a_field_too_many_in_a_single_column() -> None:
    found = both(b"name\nAnn\nBob, Jr\n")
    assert found.rows == [("Ann",)]
    assert found.messages == ["Line 3 has 2 fields, but the header has 1."]


def test_everything_at_once() -> None:
    data = (
        b'id;name;note\r\n1;"An;n";"says ""hi"""\r\n2;Bob\r\n\r\n3;"Car\r\nol";x\r\n4;"Dan;y\r\n'
        b'5;E"ve;z\r\n6;\xe9;q\r\n7;F\xc3\xa9;"w\r\n'
        b"8;G\xc3\xb6;\xe2\x82\xac;extra\r\n9;;"
    )
    found = both(data)
    assert found.rows == [
        ("1", "An;n", 'says "hi"'),
        ("3", "Car\r\nol", "x"),
        ("5", 'E"ve', "z"),
        ("9", "", ""),
    ]
    assert found.numbers == [1, 3, 5, 9]
    assert [(line.row_number, line.line_number) for line in found.malformed] == [
        (2, 3),
        (4, 7),
        (6, 9),
        (7, 10),
        (8, 11),
    ]
    for size in range(1, 200):
        assert both(data, piece_bytes=size) == found
