"""Workbooks and Parquet files."""

import io
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import openpyxl
import polars as pl
import pytest

from portal.importers import Format, Workbook
from portal.reading import Layout, UnreadableFile, inspect, read
from portal.reading.limits import LONGEST_RECORD
from tests.support.tables import ods, workbook, zipped


def table(data: bytes, format: Format | None = None) -> list[tuple[str, ...]]:
    layout = inspect(io.BytesIO(data), format)
    return [layout.headers, *(row for piece in read(io.BytesIO(data), layout) for row in piece.rows.rows())]


def look(data: bytes, format: Format | None = None) -> Layout:
    return inspect(io.BytesIO(data), format)


def refusal(data: bytes, format: Format | None = None) -> str:
    with pytest.raises(UnreadableFile) as caught:
        inspect(io.BytesIO(data), format)
    assert caught.value.fix.endswith(".")
    return caught.value.message


# Workbooks


def test_cells_are_written_as_a_spreadsheet_shows_them() -> None:
    values = [
        (1, "1"),
        (-20000000, "-20000000"),
        (19.99 * 3, "59.97"),
        (1e20, "1e+20"),
        (0.1, "0.1"),
        (True, "true"),
        (date(2026, 2, 3), "2026-02-03"),
        (datetime(2026, 2, 3, 4, 5, 6), "2026-02-03T04:05:06"),  # noqa: DTZ001 - a sheet knows no zones
        (time(4, 5, 6), "04:05:06"),
        (timedelta(days=2, hours=3), "51:00:00"),
        ("007", "007"),
        ("two\nlines", "two\nlines"),
    ]
    rows = table(workbook({"S": [["value"], *([value] for value, _ in values)]}))
    assert rows[1:] == [(text,) for _, text in values]


def test_the_first_sheet_with_content_is_taken() -> None:
    data = workbook({"Notes": [], "Orders": [["id"], [1]], "Old": [["x"], [2]]})
    assert (look(data).text, table(data)) == ("Excel, sheet “Orders”, 1 column", [("id",), ("1",)])


@pytest.mark.parametrize("sheet", ["Old", 3])
def test_a_sheet_is_chosen_by_name_or_position(sheet: str | int) -> None:
    data = workbook({"Notes": [], "Orders": [["id"], [1]], "Old": [["x"], [2]]})
    assert table(data, Workbook(sheet=sheet)) == [("x",), ("2",)]


@pytest.mark.parametrize("sheet", ["old", 4])
def test_a_sheet_that_is_not_there_is_told_with_those_that_are(sheet: str | int) -> None:
    data = workbook({"Orders": [["id"], [1]], "Old": [["x"], [2]]})
    assert refusal(data, Workbook(sheet=sheet)) == f"The workbook has no sheet “{sheet}”, only “Orders”, “Old”."


def test_margins_and_empty_rows_are_left_out() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for place, value in {"C4": " id ", "E4": "name", "C5": 1, "C7": 2, "E7": "x", "C20": None}.items():
        sheet[place] = value
    sheet["C30"].font = openpyxl.styles.Font(bold=True)
    buffer = io.BytesIO()
    book.save(buffer)
    assert table(buffer.getvalue()) == [("id", "name"), ("1", ""), ("", ""), ("2", "x")]


def test_a_header_row_is_chosen() -> None:
    data = workbook({"S": [["Report", None], [None, None], ["id", "name"], [1, "x"]]})
    assert table(data, Workbook(header_row=3)) == [("id", "name"), ("1", "x")]
    assert refusal(data, Workbook(header_row=2)) == "Row 2, where the headers should be, is empty or isn't there."
    assert refusal(data, Workbook(header_row=9)) == "Row 9, where the headers should be, is empty or isn't there."


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        ({"S": []}, "The file is empty."),
        ({"S": [["id"]]}, "The file has a header line but no rows below it."),
        ({"S": [["id", "id"], [1, 2]]}, "“id” appears more than once in the header line."),
        ({"S": [["id", None], [1, 2]]}, "Column 2 has no name."),
    ],
)
def test_sheets_that_are_no_table(sheets: dict[str, list[list[object]]], message: str) -> None:
    assert refusal(workbook(sheets)) == message


def test_a_workbook_that_is_none() -> None:
    message = refusal(zipped({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x"}))
    assert message.startswith("The workbook is damaged or cut off: ")
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)).startswith("The workbook is damaged or cut off: ")
    whole = workbook({"S": [["id"], [1]]})
    assert refusal(whole[:-100]).startswith("The workbook is damaged or cut off: ")


def test_types_of_opendocument() -> None:
    assert table(ods(["a", "b", "c"], [[1.5, True, "x & y"], [2, False, ""]])) == [
        ("a", "b", "c"),
        ("1.5", "true", "x & y"),
        ("2", "false", ""),
    ]


# Parquet


def parquet(**columns: pl.Series | list[object]) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(columns).write_parquet(buffer, row_group_size=1000)
    return buffer.getvalue()


def test_types_of_parquet() -> None:
    moment = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
    data = parquet(
        whole=[1, None],
        number=[1.5, 1e20],
        exact=[Decimal("1.10"), None],
        flag=[True, None],
        day=[date(2026, 2, 3), None],
        moment=pl.Series([moment, moment + timedelta(milliseconds=5)]).dt.convert_time_zone("Europe/Berlin"),
        local=[moment.replace(tzinfo=None), None],
        kind=pl.Series(["a", None], dtype=pl.Categorical),
        nothing=pl.Series([None, None], dtype=pl.Null),
    )
    headers, first, second = table(data)
    assert dict(zip(headers, first, strict=True)) == {
        "whole": "1",
        "number": "1.5",
        "exact": "1.10",
        "flag": "true",
        "day": "2026-02-03",
        "moment": "2026-02-03T05:05:06+01:00",
        "local": "2026-02-03T04:05:06",
        "kind": "a",
        "nothing": "",
    }
    assert second == ("", "1e+20", "", "", "", "2026-02-03T05:05:06.005000+01:00", "", "", "")


def test_objects_of_parquet_become_dotted_headers_and_lists_json() -> None:
    data = parquet(to=[{"city": "Bonn", "geo": {"x": 1}}, None], tags=[["a", 'b"'], None], many=[[{"n": 1}], []])
    assert table(data) == [
        ("to.city", "to.geo.x", "tags", "many"),
        ("Bonn", "1", '["a","b\\""]', '[{"n":1}]'),
        ("", "", "", "[]"),
    ]


def test_rows_of_all_row_groups_come_in_order() -> None:
    rows = table(parquet(n=list(range(50_000))))
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(50_000)]


def test_binary_columns_are_refused_by_name() -> None:
    message = "The column “{}” holds binary data, which can't be imported."
    assert refusal(parquet(id=[1], photo=[b"\xff"])) == message.format("photo")
    assert refusal(parquet(a=[{"b": [b"\xff"]}])) == message.format("a.b")


def test_parquet_files_that_are_no_table() -> None:
    assert refusal(parquet(a=pl.Series([], dtype=pl.Int64))) == "The file has a header line but no rows below it."
    assert refusal(b"PAR1\x15\x04" + bytes(1000)).startswith("The Parquet file is damaged or cut off: ")
    assert refusal(parquet(**{"a.b": [1], "a": [{"b": 2}]})) == "“a.b” appears more than once in the header line."


def test_a_row_that_is_too_long_fails_alone() -> None:
    data = parquet(a=["x", "y" * (LONGEST_RECORD + 1), "z\n" * 20_000])
    pieces = list(read(io.BytesIO(data), look(data)))
    assert [len(row[0]) for piece in pieces for row in piece.rows.rows()] == [1, 40_000]
    assert [number for piece in pieces for number in piece.row_numbers] == [1, 3]
    (line,) = [line for piece in pieces for line in piece.malformed]
    assert (line.row_number, line.message) == (2, "Row 2 below the headers is longer than 16 MB.")


def test_damage_behind_the_first_rows_ends_the_reading_with_a_sentence() -> None:
    data = bytearray(parquet(a=[f"text {number}" for number in range(100_000)]))
    middle = len(data) // 2
    data[middle : middle + 2000] = b"\xff" * 2000
    source = io.BytesIO(bytes(data))
    layout = inspect(source)
    with pytest.raises(UnreadableFile, match="The Parquet file is damaged or cut off"):
        list(read(source, layout))
