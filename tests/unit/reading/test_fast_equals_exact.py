"""The fast reader finds what the exact one finds, and that is what Python's csv module finds."""

import csv
import io

from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.reading import Dialect
from portal.reading.delimited.fast import take_fast
from portal.reading.delimited.reader import read_exactly
from portal.reading.window import Window

from .support import Contents, both, contents, plain_dialect

NASTY = [
    "",
    " ",
    '"',
    '""',
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    ",",
    ";",
    "\t",
    "|",
    "\0",
    "\ufeff",
    "😀",
    "שלום",
    "é",
]

cells = st.one_of(
    st.lists(st.sampled_from([*NASTY, "a", "bc", "1,5", "5'11\""]), max_size=4).map("".join),
    st.text(st.characters(codec="utf-8"), max_size=8),
)
sizes = st.one_of(st.integers(1, 64), st.integers(64, 4096))
delimiters = st.sampled_from([",", ";", "\t", "|"])


def quoted(cell: str, delimiter: str, *, always: bool) -> str:
    needed = any(char in cell for char in f'"\r\n{delimiter}')
    return '"' + cell.replace('"', '""') + '"' if needed or always else cell


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[tuple[str, ...]], bytes, str]:
    """Rows, a well-formed file of them, and its delimiter."""
    columns = draw(st.integers(1, 4))
    delimiter = draw(delimiters)
    newlines = draw(st.sampled_from([["\n"], ["\r\n"], ["\n", "\r\n"]]))
    rows = draw(st.lists(st.tuples(*[cells] * columns), max_size=30))
    lines = []
    for row in rows:
        # An unquoted empty or blank line is no record.
        always = draw(st.booleans()) or all(not cell.strip(" \t") for cell in row)
        line = delimiter.join(quoted(cell, delimiter, always=always) for cell in row)
        lines.append(line + draw(st.sampled_from(newlines)))
    text = "".join(lines)
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    return rows, text.encode(), delimiter


@settings(max_examples=200, deadline=None)
@given(tables(), sizes)
def test_well_formed_files(table: tuple[list[tuple[str, ...]], bytes, str], size: int) -> None:
    rows, data, delimiter = table
    dialect = plain_dialect(len(rows[0]) if rows else 1, delimiter=delimiter)
    found = both(data, dialect, piece_bytes=size)
    assert found.malformed == []
    assert found.rows == rows
    assert found.numbers == list(range(1, len(rows) + 1))
    assert found.rows == by_the_standard_library(data, delimiter)


def by_the_standard_library(data: bytes, delimiter: str) -> list[tuple[str, ...]]:
    lines = io.StringIO(data.decode(), newline="")
    return [tuple(row) for row in csv.reader(lines, delimiter=delimiter) if row]


@settings(max_examples=150, deadline=None)
@given(tables())
def test_well_formed_files_take_the_fast_way(table: tuple[list[tuple[str, ...]], bytes, str]) -> None:
    rows, data, delimiter = table
    if len(rows) < 2 or len(rows[0]) < 2 or data.startswith(b"\xef\xbb\xbf"):
        return  # a blank line or a mark is reason enough for doubt
    window = Window(iter([data]))
    piece = take_fast(window, plain_dialect(len(rows[0]), delimiter=delimiter), 1 << 20)
    assert piece is not None
    assert piece.rows.rows() == rows
    assert window.available == 0


FRAGMENTS = [
    *(char.encode() for char in NASTY),
    *(
        b"a",
        b"1,2",
        b"1,2,3\n",
        b'"x",',
        b',"',
        b'",',
        b'"\n',
        b'\n"',
        b'x"y',
        b"\xff",
        b"\xc3",
        b"\xed\xa0\x80",
    ),
]
garbage = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=60).map(b"".join),
    st.binary(max_size=300),
)


@st.composite
def corrupted(draw: st.DrawFn) -> bytes:
    """A file that was well formed until pieces of it were replaced."""
    _, data, _ = draw(tables())
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        stop = start + draw(st.integers(0, 5))
        data = data[:start] + draw(st.sampled_from(FRAGMENTS)) + data[stop:]
    return data


@settings(max_examples=250, deadline=None)
@given(st.one_of(corrupted(), garbage), st.integers(1, 4), delimiters, sizes)
@example(b'x","\n' * 20, 2, ",", 7)
@example(b'"a"\r', 1, ",", 1)
@example(b"1,2\r\r\n\r\r", 2, ",", 2)
def test_corrupted_files(data: bytes, columns: int, delimiter: str, size: int) -> None:
    found = both(data, plain_dialect(columns, delimiter=delimiter), piece_bytes=size)
    # Nor does anything depend on where blocks happen to end.
    assert found == contents(data, plain_dialect(columns, delimiter=delimiter), reader=read_exactly)
    numbers = [*found.numbers, *(line.row_number for line in found.malformed)]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert_every_line_is_accounted_for(data, delimiter, found)


def assert_every_line_is_accounted_for(data: bytes, delimiter: str, found: Contents) -> None:
    """Walk down the file: record after record, with nothing but blank lines between them."""
    blanks = b" " if delimiter == "\t" else b" \t"
    lines = [line.rstrip(b"\r").strip(blanks) for line in data.split(b"\n")]
    good: list[tuple[int, int, int | None]] = [
        (number, sum(cell.count("\n") for cell in row), None)
        for number, row in zip(found.numbers, found.rows, strict=True)
    ]
    bad = [(line.row_number, line.raw.count("\n"), line.line_number) for line in found.malformed]
    position = 0
    for _, breaks, line_number in sorted([*good, *bad]):
        while not lines[position]:
            position += 1
        assert line_number in (None, position + 1)
        position += 1 + breaks
    assert not any(lines[position:])


@settings(max_examples=150, deadline=None)
@given(st.one_of(corrupted(), garbage), st.integers(1, 3), sizes)
def test_corrupted_files_in_other_encodings(data: bytes, columns: int, size: int) -> None:
    names = tuple("abc"[:columns])
    for encoding in ("utf-8-sig", "utf-16-le", "utf-16-be", "cp1252"):
        for newline in ("\n", "\r"):
            both(data, Dialect(",", encoding, newline, names, 0, 0), piece_bytes=size)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(corrupted(), tables().map(lambda table: table[1])), max_size=8))
def test_large_blocks_tried_again_in_parts(parts: list[bytes]) -> None:
    filler = (b"1," + b"x" * 2000 + b"\n") * 100
    data = filler.join(parts) + filler
    dialect = plain_dialect(2)
    both(data, dialect, piece_bytes=4 << 20)
