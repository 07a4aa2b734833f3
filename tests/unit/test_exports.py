"""Exports as text: the three forms hold the same, whatever is in the cells, and memory doesn't grow with length."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterable, Iterator
from typing import Any, NotRequired

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import TypedDict

from portal.exports.columns import Columns
from portal.exports.formats import ITEMS_AT_A_TIME, Export, Format, csv_lines, lines_of_text, written
from portal.exports.formulas import guarded
from portal.runs.downloads import failed_rows_csv
from portal.runs.queries import FailedRows

CELLS = st.text(st.sampled_from("ab1.,;\"'=+-@\t\r\n ä字\u2028\x00"), max_size=6) | st.none() | st.text(max_size=4)


class Part(TypedDict):
    first: int
    second: str | None


class Thing(TypedDict):
    name: str
    part: Part
    ready: bool
    details: dict[str, Any]
    more: NotRequired[list[str]]


COLUMNS = Columns(Thing)


def thing(name: str) -> Thing:
    return {"name": name, "part": {"first": -1, "second": None}, "ready": True, "details": {"=1": ["ä"]}}


def export(things: Iterable[Thing]) -> Export[Thing]:
    return Export("things", things, lambda one: one, COLUMNS.names, COLUMNS.cells)


def text(format: Format, names: Iterable[str]) -> str:
    return "".join(written(export(map(thing, names)), format))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_all_forms_hold_the_same(names: list[str]) -> None:
    things = [thing(name) for name in names]
    assert json.loads(text(Format.JSON, names)) == {"data": things}
    lines = text(Format.JSONL, names).split("\n")
    assert ([json.loads(line) for line in lines[:-1]], lines[-1]) == (things, "")
    rows = list(csv.reader(io.StringIO(text(Format.CSV, names), newline="")))
    details = '{"=1": ["ä"]}'
    assert rows[0] == ["name", "part_first", "part_second", "ready", "details"]
    assert rows[1:] == [[guarded(name), "-1", "", "true", details] for name in names]


@pytest.mark.parametrize("count", [ITEMS_AT_A_TIME - 1, ITEMS_AT_A_TIME, 2 * ITEMS_AT_A_TIME + 1])
def test_parts_join_without_a_gap(count: int) -> None:
    names = [str(number) for number in range(count)]
    assert [one["name"] for one in json.loads(text(Format.JSON, names))["data"]] == names
    assert [json.loads(line)["name"] for line in text(Format.JSONL, names).splitlines()] == names
    assert [row[0] for row in csv.reader(io.StringIO(text(Format.CSV, names)))] == ["name", *names]


@pytest.mark.parametrize(
    ("format", "empty", "mimetype"),
    [
        (Format.JSON, '{"data":[\n\n]}\n', "application/json"),
        (Format.JSONL, "", "application/jsonl"),
        (Format.CSV, "name,part_first,part_second,ready,details\r\n", "text/csv"),
    ],
)
def test_an_empty_export_is_whole(format: Format, empty: str, mimetype: str) -> None:
    assert (text(format, []), format.mimetype) == (empty, mimetype)


def breaking(after: int) -> Iterator[Thing]:
    yield from map(thing, map(str, range(after)))
    raise ConnectionError


@pytest.mark.parametrize("format", Format)
def test_what_breaks_off_in_the_midst_is_no_whole_file(format: Format) -> None:
    parts = written(export(breaking(2 * ITEMS_AT_A_TIME)), format)
    given_out = [next(parts), next(parts)]
    with pytest.raises(ConnectionError):
        next(parts)
    if format is Format.JSON:
        with pytest.raises(json.JSONDecodeError):
            json.loads("".join(given_out))


@pytest.mark.parametrize("format", Format)
def test_no_more_is_read_than_is_taken(format: Format) -> None:
    read: list[int] = []

    def endless() -> Iterator[Thing]:
        while True:
            read.append(1)
            yield thing("x")

    parts = written(export(endless()), format)
    next(parts)
    next(parts)
    assert len(read) == 2 * ITEMS_AT_A_TIME


@pytest.mark.parametrize("format", Format)
def test_memory_is_that_of_a_part(format: Format) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        for _ in written(export(thing("x" * 50) for _ in range(count)), format):
            pass
        reached = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return reached

    assert peak(12 * ITEMS_AT_A_TIME) < 1.2 * peak(2 * ITEMS_AT_A_TIME)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5))
def test_joined_lines_are_those_of_csv(rows: list[list[str | None]]) -> None:
    texts = [[cell or "" for cell in row] for row in rows]
    assert lines_of_text(texts) == csv_lines(texts)


def row_by_row(headers: list[str], rows: list[tuple[int, list[str | None], str]]) -> str:
    """The file as its form is told: every cell guarded by itself, every line by `csv`."""
    file = io.StringIO(newline="")
    file.write("\ufeff")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([*map(guarded, headers), "_error_message", "_row_number"])
    for number, cells, message in rows:
        writer.writerow([*(guarded(cell or "") for cell in cells), guarded(message), number])
    return file.getvalue()


@given(
    st.lists(st.text("a=,\"'"), min_size=2, max_size=2),
    st.lists(st.tuples(st.integers(1, 2**63 - 1), st.lists(CELLS, min_size=2, max_size=2), CELLS.map(str)), max_size=9),
    st.integers(1, 4),
)
def test_the_download_is_the_same_as_row_by_row(headers, rows, size) -> None:
    batches = [rows[start : start + size] for start in range(0, len(rows), size)]
    parts = failed_rows_csv(headers, [FailedRows(*map(list, zip(*batch, strict=True))) for batch in batches])
    assert "".join(parts) == row_by_row(headers, rows)
