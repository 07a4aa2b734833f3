"""The same table gives the same rows, whatever it is written in."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.reading import Layout, Piece, inspect, read
from tests.support.tables import FORMATS, PACKINGS

HEADERS = ["id", "name", "note, long"]
ROWS = [[f"{number}", f"näme {number}", 'a "b", c' if number % 3 else ""] for number in range(1, 40)]

TEXTS = {
    "csv": "CSV, UTF-8, comma, 3 columns",
    "tsv": "CSV, UTF-8, tab, 3 columns",
    "json": "JSON, 3 columns",
    "jsonl": "JSON Lines, 3 columns",
    "parquet": "Parquet, 3 columns",
    "xlsx": "Excel, sheet “Orders”, 3 columns",
    "ods": "OpenDocument, sheet “Orders”, 3 columns",
}


def found(data: bytes) -> tuple[Layout, list[list[str]]]:
    layout = inspect(io.BytesIO(data))
    pieces = list(read(io.BytesIO(data), layout))
    assert [number for piece in pieces for number in piece.row_numbers] == list(range(1, rows_of(pieces) + 1))
    assert not any(piece.malformed for piece in pieces)
    assert all(tuple(piece.rows.columns) == layout.headers for piece in pieces)
    return layout, [list(row) for piece in pieces for row in piece.rows.rows()]


def rows_of(pieces: list[Piece]) -> int:
    return sum(piece.rows.height for piece in pieces)


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_recognised_and_read(name: str) -> None:
    layout, rows = found(FORMATS[name](HEADERS, ROWS))
    assert (layout.text, list(layout.headers), rows) == (TEXTS[name], HEADERS, ROWS)


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_read_out_of_each_packing(name: str, packing: str) -> None:
    layout, rows = found(PACKINGS[packing](FORMATS[name](HEADERS, ROWS)))
    member = "“orders”, " if packing == "ZIP" else ""
    assert (layout.text, rows) == (f"{packing}, {member}{TEXTS[name]}", ROWS)


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=6)
tables = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1))


@settings(max_examples=40, deadline=None)
@given(tables, st.sampled_from(["json", "jsonl"]))
def test_whatever_the_cells_hold(rows: list[list[str]], name: str) -> None:
    headers = [f"c{place}" for place in range(len(rows[0]))]
    assert found(FORMATS[name](headers, rows))[1] == found(FORMATS["csv"](headers, rows))[1] == rows


@settings(max_examples=8, deadline=None)
@given(tables)
def test_whatever_the_cells_of_a_parquet_file_hold(rows: list[list[str]]) -> None:
    headers = [f"c{place}" for place in range(len(rows[0]))]
    assert found(FORMATS["parquet"](headers, rows))[1] == rows
