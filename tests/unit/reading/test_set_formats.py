"""What is set of a format, and not left to be found out."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.importers import Delimited, Format, Json, JsonLines, Parquet, Workbook
from portal.importers.formats import from_json, to_json
from portal.reading import Malformed, UnreadableFile, inspect, read
from portal.reading.delimited.dialect import Dialect
from tests.support.tables import parquet, xlsx

from .support import both


def rows(data: bytes, format: Format | None = None) -> list[tuple[str, ...]]:
    layout = inspect(io.BytesIO(data), format)
    return [layout.headers, *(row for piece in read(io.BytesIO(data), layout) for row in piece.rows.rows())]


def malformed(data: bytes, format: Format | None = None) -> list[Malformed]:
    layout = inspect(io.BytesIO(data), format)
    return [line for piece in read(io.BytesIO(data), layout) for line in piece.malformed]


def refusal(data: bytes, format: Format | None) -> str:
    with pytest.raises(UnreadableFile) as caught:
        inspect(io.BytesIO(data), format)
    assert caught.value.fix.endswith(".")
    return caught.value.message


@pytest.mark.parametrize("encoding", ["cp1251", "iso8859-2", "shift_jis", "gb18030", "utf-16", "utf-32", "mac-roman"])
def test_any_encoding_of_python(encoding: str) -> None:
    word = {"cp1251": "Москва", "iso8859-2": "Łódź", "shift_jis": "東京", "gb18030": "北京"}.get(encoding, "Zürich")
    data = f"id,{word}\n1,{word}\n".encode(encoding)
    assert rows(data, Delimited(encoding=encoding)) == [("id", word), ("1", word)]


def test_an_encoding_in_words() -> None:
    assert inspect(io.BytesIO(b"a,b\n1,2\n"), Delimited(encoding="cp1251")).text == "CSV, cp1251, comma, 2 columns"


def test_what_an_encoding_does_not_have_is_one_malformed_line() -> None:
    data = "a,b\n1,東\n2,".encode("shift_jis") + b"\x81\x20\n3,x\n"
    assert rows(data, Delimited(encoding="shift_jis")) == [("a", "b"), ("1", "東"), ("3", "x")]
    (line,) = malformed(data, Delimited(encoding="shift_jis"))
    assert line.message == "Line 3 isn't valid shift_jis text."


@pytest.mark.parametrize("delimiter", [" ", ":", "^", "~", "\x01", "a"])
def test_any_delimiter(delimiter: str) -> None:
    data = f"x{delimiter}y\n{delimiter}\n1{delimiter}2\n".encode()
    assert rows(data, Delimited(delimiter=delimiter)) == [("x", "y"), ("", ""), ("1", "2")]


def test_a_delimiter_that_is_set_decides() -> None:
    assert rows(b"a;b,c;d\n1;2,3;4\n", Delimited(delimiter=",")) == [("a;b", "c;d"), ("1;2", "3;4")]


def test_another_quote() -> None:
    data = b"""a,b\n'x, "y"','it''s'\n1,2\n"""
    assert rows(data, Delimited(quote="'")) == [("a", "b"), ('x, "y"', "it's"), ("1", "2")]


def test_another_quote_is_found_where_the_header_shows_it() -> None:
    assert rows(b"'a','b, c'\n'1','x\ny'\n") == [("a", "b, c"), ("1", "x\ny")]


def test_no_quote_at_all() -> None:
    data = b'a,b\n5" pipe,"x\n"y",2\n'
    assert rows(data, Delimited(quote="")) == [("a", "b"), ('5" pipe', '"x'), ('"y"', "2")]
    (line,) = malformed(data + b'1,"2,3"\n', Delimited(quote=""))
    assert (line.message, line.raw) == ("Line 4 has 3 fields, but the header has 2.", '1,"2,3"')
    assert line.fix == "Remove what is too much."


@settings(max_examples=75, deadline=None)
@given(
    st.lists(st.sampled_from(["'", '"', "''", "\x02", ",", "\n", "a", "', ", "é"]), max_size=40).map("".join),
    st.sampled_from(["'", "", '"']),
)
def test_other_quotes_are_read_alike_by_both_readers(text: str, quote: str) -> None:
    dialect = Dialect(",", "utf-8", "\n", ("a", "b"), 0, 0, quote)
    both(text.encode(), dialect)


def test_lines_above_the_header_are_left_out() -> None:
    data = b'Report, of "today\n\nid,name\n1,Ann\n'
    assert rows(data, Delimited(header_row=3)) == [("id", "name"), ("1", "Ann")]
    layout = inspect(io.BytesIO(data), Delimited(header_row=3))
    assert isinstance(layout, Dialect)
    assert layout.header_lines == 3


@pytest.mark.parametrize("number", [2, 9])
def test_a_header_row_that_is_empty_or_not_there(number: int) -> None:
    message = refusal(b"title\n\nid\n1\n", Delimited(header_row=number))
    assert message == f"Row {number}, where the headers should be, is empty or isn't there."


@pytest.mark.parametrize(
    ("data", "format", "message"),
    [
        (b"a,b\n1,2\n", Workbook(), "This is no such file, but a workbook is expected."),
        (parquet(["a"], [["1"]]), Json(), "This is a Parquet file, but a JSON document is expected."),
        (xlsx(["a"], [["1"]]), Delimited(), "This is an Excel workbook, but a delimited text is expected."),
        (b"<html><p>Sign in</p>", Delimited(), "This is a web page (HTML), not a table."),
    ],
)
def test_a_file_of_another_format_is_refused(data: bytes, format: Format, message: str) -> None:
    assert refusal(data, format) == message


def test_a_delimited_text_may_look_like_json() -> None:
    assert rows(b'{"a"},b\n1,2\n', Delimited()) == [('{"a"}', "b"), ("1", "2")]


@pytest.mark.parametrize(
    "format",
    [
        Delimited(),
        Delimited(";", "'", "cp1251", 4),
        Json(),
        Json("/data/rows"),
        JsonLines(),
        Workbook(),
        Workbook("Orders", 2),
        Workbook(3),
        Parquet(),
    ],
)
def test_a_format_goes_to_json_and_back(format: Format) -> None:
    assert from_json(to_json(format)) == format


def test_a_format_as_json() -> None:
    assert to_json(Delimited(quote="", header_row=2)) == {"format": "delimited", "quote": "", "header_row": 2}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "The format must be one of delimited, json, json_lines, workbook, parquet, not None."),
        ({"format": ["csv"]}, "The format must be one of .*"),
        ({"format": "parquet", "sheet": 1}, "The format parquet has no setting 'sheet'."),
        ({"format": "workbook", "header_row": "1"}, "The setting header_row can't be '1'."),
        ({"format": "workbook", "header_row": True}, "The setting header_row can't be True."),
        ({"format": "workbook", "header_row": 0}, "The header_row is counted from 1, so it can't be 0."),
        ({"format": "workbook", "sheet": 0}, "The sheet is counted from 1, so it can't be 0."),
        ({"format": "json", "pointer": "rows"}, "A JSON pointer begins with a slash, which 'rows' doesn't."),
        ({"format": "delimited", "delimiter": ";;"}, "The delimiter must be one ASCII character .*"),
        ({"format": "delimited", "delimiter": '"'}, "The delimiter can't be a quotation mark."),
        ({"format": "delimited", "quote": "€"}, "The quote must be one ASCII character .*"),
        ({"format": "delimited", "encoding": "latin-99"}, "There is no text encoding called 'latin-99'."),
        ({"format": "delimited", "encoding": "base64"}, "There is no text encoding called 'base64'."),
    ],
)
def test_what_can_not_be_set(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message.replace('(', '.').replace('[', '.')}$"):
        from_json(values)
