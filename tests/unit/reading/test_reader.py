"""What `read` yields: values, numbers, encodings, line ends, sizes."""

import codecs
import io
import tracemalloc

import polars as pl
import pytest

from portal.reading import Dialect, inspect, read
from portal.reading.limits import LONGEST_RECORD, MOST_LINES

from .support import READERS, Reader, both, contents, plain_dialect


def test_a_piece_holds_text_columns_named_as_the_header() -> None:
    source = io.BytesIO(b"id, name\n1,Ann\n2,\n")
    (piece,) = read(source, inspect(source))
    assert piece.rows.schema == {"id": pl.String, "name": pl.String}
    assert piece.rows.rows() == [("1", "Ann"), ("2", "")]
    assert piece.row_numbers.dtype == pl.Int64
    assert piece.row_numbers.to_list() == [1, 2]
    assert piece.malformed == ()


@pytest.mark.parametrize("reader", READERS)
def test_pieces_of_malformed_lines_alone_keep_the_schema(reader: Reader) -> None:
    source = io.BytesIO(b"id,name\n1\n2\n")
    (piece,) = reader(source, inspect(source))
    assert piece.rows.schema == {"id": pl.String, "name": pl.String}
    assert piece.row_numbers.dtype == pl.Int64
    assert len(piece.malformed) == 2


def test_missing_is_empty_and_never_null() -> None:
    found = both(b'a,b,c\n,,\n"","",""\nNA,null,NULL\n')
    assert found.rows == [("", "", ""), ("", "", ""), ("NA", "null", "NULL")]


def test_spaces_stay() -> None:
    assert both(b"a,b\n 1 ,  \n\t2\t, x\n").rows == [(" 1 ", "  "), ("\t2\t", " x")]


def test_quoted_cells() -> None:
    found = both(b'a,b\n"1,2","x ""y"""\n"l1\nl2","l1\r\nl2"\n"""","\r"\n')
    assert found.rows == [("1,2", 'x "y"'), ("l1\nl2", "l1\r\nl2"), ('"', "\r")]


def test_a_quote_inside_an_unquoted_cell_stands_for_itself() -> None:
    found = both(b'a,b\n5\'11",x\nsay "hi",y\n "z",w\n')
    assert found.rows == [("5'11\"", "x"), ('say "hi"', "y"), (' "z"', "w")]
    assert found.malformed == []


def test_blank_lines_are_skipped_and_not_counted() -> None:
    found = both(b"a,b\n\n1,2\n\r\n  \t\n3,4\n\n\n")
    assert (found.rows, found.numbers) == ([("1", "2"), ("3", "4")], [1, 2])


def test_blank_lines_in_a_single_column() -> None:
    found = both(b'a\n\n1\n \n""\n\r\n2\n\n', piece_bytes=4)
    assert (found.rows, found.numbers) == ([("1",), ("",), ("2",)], [1, 2, 3])


def test_blank_lines_of_a_tab_separated_file() -> None:
    assert both(b"a\tb\n\t\n  \n1\t2\n").rows == [("", ""), ("1", "2")]


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("tail", [b"", b"\n"])
@pytest.mark.parametrize("size", [1, 7, 4 << 20])
def test_line_ends(newline: bytes, tail: bytes, size: int) -> None:
    data = b"a,b\n1,2\n3,\n,4".replace(b"\n", newline) + tail.replace(b"\n", newline)
    found = both(data, piece_bytes=size)
    assert found.rows == [("1", "2"), ("3", ""), ("", "4")]


def test_mixed_and_doubled_line_ends() -> None:
    found = both(b"a,b\r\n1,2\n3,4\r\r\n5,\r\n")
    assert found.rows == [("1", "2"), ("3", "4"), ("5", "")]


def test_doubled_line_ends_among_quotes() -> None:
    assert both(b'a,b\n"1",x\r\r\n3,"y"\r\r\n').rows == [("1", "x"), ("3", "y")]


def test_a_lone_carriage_return_inside_a_line_stays() -> None:
    assert both(b"a,b\n1,x\ry\n3,4\n").rows == [("1", "x\ry"), ("3", "4")]


def test_line_ends_inside_cells_of_a_classic_mac_file_become_unix() -> None:
    found = both(b'a,b\r1,"x\ry"\r3\r', piece_bytes=6)
    assert found.rows == [("1", "x\ny")]
    assert [line.line_number for line in found.malformed] == [4]


@pytest.mark.parametrize("size", range(1, 20))
def test_a_windows_line_end_in_a_classic_mac_file_counts_once(size: int) -> None:
    found = both(b'a,b\r1,"x\r\ny"\r\n2,z\r3\r', Dialect(",", "utf-8", "\r", ("a", "b"), 4), piece_bytes=size)
    assert found.rows == [("1", "x\ny"), ("2", "z")]
    assert [line.line_number for line in found.malformed] == [5]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("size", [1, 3, 5, 64, 4 << 20])
def test_encodings(encoding: str, size: int) -> None:
    cells = [("Zoë", "5 €"), ("naïve, too", "x\ny"), ("É", "")]
    text = 'näme,b\r\nZoë,5 €\r\n"naïve, too","x\ny"\r\nÉ,\r\n'
    assert both(text.encode(encoding), piece_bytes=size).rows == cells


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 64])
def test_characters_beyond_the_basic_plane(size: int) -> None:
    text = "a,b\n😀,שלום\n\U0010ffff,e\u0301\n"
    rows = [("😀", "שלום"), ("\U0010ffff", "e\u0301")]
    assert both(text.encode(), piece_bytes=size).rows == rows
    assert both(codecs.BOM_UTF16_BE + text.encode("utf-16-be"), piece_bytes=size).rows == rows


def test_nuls_stay() -> None:
    assert both(b'a,b\n1\0,\0\n"\0,",2\n').rows == [("1\0", "\0"), ("\0,", "2")]


def test_a_byte_order_mark_further_down_is_text() -> None:
    data = codecs.BOM_UTF8 + "a,b\n\ufeff1,2\n\ufeff3,4\n".encode()
    assert both(data, piece_bytes=8).rows == [("\ufeff1", "2"), ("\ufeff3", "4")]


def test_the_header_hint_is_not_a_row() -> None:
    assert both(b"\nsep=;\n\na;b\n1;2\n").rows == [("1", "2")]


def test_line_numbers_after_cells_of_several_lines() -> None:
    data = b'"a\nA",b\n1,"x\n\n\ny"\n\n2\n"p\nq",2\n3\n'
    found = both(data)
    assert [(line.row_number, line.line_number) for line in found.malformed] == [(2, 8), (4, 11)]
    assert found.numbers == [1, 3]
    for size in range(1, 40):
        assert both(data, piece_bytes=size) == found


def test_a_bad_line_costs_one_part_of_a_block() -> None:
    lines = [b"a,b"] + [b"%d,x" % number for number in range(1_000_000)]
    lines[400_000] = b"1,2,3"
    lines[900_000] = b'"1'
    source = io.BytesIO(b"\n".join(lines))
    pieces = list(read(source, inspect(source)))
    assert len(pieces) < 10
    assert [line.line_number for piece in pieces for line in piece.malformed] == [400_001, 900_001]
    assert sum(piece.rows.height for piece in pieces) == 999_998


def test_a_cell_of_a_megabyte() -> None:
    cell = "x" * (1 << 20)
    found = both(f'a,b\n1,{cell}\n2,"{cell}\n{cell}"\n3,4\n'.encode(), piece_bytes=1 << 16)
    assert found.rows == [("1", cell), ("2", f"{cell}\n{cell}"), ("3", "4")]


def test_the_longest_line_and_one_that_is_longer() -> None:
    longest = b"x" * (LONGEST_RECORD - 2)
    data = b"1," + longest + b"\n1,x" + longest + b"\n3,4\n"
    for size in (4 << 20, 64 << 20):
        found = both(data, plain_dialect(2), piece_bytes=size)
        assert found.numbers == [1, 3]
        (line,) = found.malformed
        assert (line.row_number, line.line_number) == (2, 2)
        assert line.message == "Line 2 is longer than 16 MB."
        assert len(line.raw) < 5000


def test_a_last_line_that_is_too_long() -> None:
    found = both(b"1,2\n" + b"x" * (LONGEST_RECORD + 1), plain_dialect(2))
    assert (found.numbers, found.messages) == ([1], ["Line 2 is longer than 16 MB."])


def test_a_quoted_cell_longer_than_the_limit_loses_its_first_line_only() -> None:
    line = b"x," + b"y" * 1_000_000 + b"\n"
    found = both(b'1,"\n' + line * 20 + b'"\n', plain_dialect(2))
    assert found.messages[0] == "Line 1 has a quotation mark that is never closed."
    assert found.numbers == list(range(2, 22))


def test_a_quoted_cell_of_too_many_lines_loses_its_first_line_only() -> None:
    allowed = b'1,"' + b"\n" * (MOST_LINES - 1) + b'"\n'
    refused = b'1,"' + b"\n" * MOST_LINES + b'"\n'
    assert both(allowed * 2, plain_dialect(2)).numbers == [1, 2]
    found = both(refused + allowed, plain_dialect(2))
    assert found.messages[0] == "Line 1 has a quotation mark that is never closed."
    assert found.numbers == [3]


class EndlessLine(io.RawIOBase):
    """A file of two lines, the second one far longer than memory should hold."""

    def __init__(self, size: int) -> None:
        self._left = size

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return offset + whence

    def read(self, size: int = -1, /) -> bytes:
        count = min(size, self._left)
        self._left -= count
        return b"x" * count


def test_an_endless_line_is_skipped_in_little_memory() -> None:
    source = EndlessLine(400 << 20)
    dialect = plain_dialect(2)
    tracemalloc.start()
    pieces = list(read(source, dialect))  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [line.message for piece in pieces for line in piece.malformed] == ["Line 1 is longer than 16 MB."]
    assert peak < 100 << 20


def test_a_file_that_changed_after_it_was_inspected_does_not_raise() -> None:
    dialect = Dialect(",", "cp1252", "\n", ("a", "b"), 4)
    found = both(b"a,b\n1,\x81\n2,\xe9\n", dialect)
    assert found.rows == [("2", "é")]
    assert found.messages == ["Line 2 isn't valid Windows-1252 text."]
    assert both(b"", dialect).rows == []
    assert contents(b"a", dialect).rows == []
