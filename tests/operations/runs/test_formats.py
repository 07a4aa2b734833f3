"""Files of every format, from upload to table; each example of the section Formats in docs/importers.md."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from flask import Flask

from portal.errors import BadInput
from portal.importers import Importer
from portal.lifecycle import RunStatus
from portal.reading.limits import CHECKED_BYTES
from tests.support.lab import IMPORTERS, Lab, counts
from tests.support.tables import FORMATS, PACKINGS, workbook, xlsx

DATABASES = ("sqlite",)  # how a file is read has nothing to do with the database that it is read into

DOCUMENT = (Path(__file__).parents[3] / "docs" / "importers.md").read_text()
SECTION = DOCUMENT.partition("## Formats")[2].partition("\n## ")[0]
CODES = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    files = [tmp_path / f"example_{number}.py" for number in range(len(CODES))]
    for file, code in zip(files, CODES, strict=True):
        file.write_text(code)
    return make_app(importers=(IMPORTERS, *map(str, files)), chunk_rows=4)


HEADERS = ["sku", "name", "price"]
ROWS = [["A", "apple", "1"], ["B", "", "2"], ["C", "cherry", "x"], *([f"E{chr(65 + n)}", "d", "3"] for n in range(9))]


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_gives_the_same_table_and_the_same_failures(lab: Lab, name: str) -> None:
    run = lab.run("goods", FORMATS[name](HEADERS, ROWS))
    assert (run.status, counts(run)) == (RunStatus.COMPLETED_WITH_ERRORS, (12, 10, 2, 0))
    assert lab.failed_rows(run.id) == {
        2: "The name field is required.",
        3: "The price field must be a whole number. (x)",
    }
    assert lab.rows("SELECT count(*), sum(price) FROM goods") == [(10, 28)]


@pytest.mark.parametrize("packing", PACKINGS)
def test_each_packing_is_unpacked(lab: Lab, packing: str) -> None:
    run = lab.run("goods", PACKINGS[packing](FORMATS["csv"](HEADERS, ROWS)))
    assert counts(run) == (12, 10, 2, 0)
    assert run.source_text.startswith(packing)


def test_a_workbook_in_an_archive_is_seen_by_the_worker(lab: Lab) -> None:
    packed = PACKINGS["ZIP"](xlsx(HEADERS, ROWS))
    assert lab.run("goods", packed).source_text == "ZIP, “orders”, Excel, sheet “Orders”, 3 columns"
    run = lab.run("goods", PACKINGS["ZIP"](xlsx(["sku", "price"], [["A", "1"]])))
    assert (run.status, run.error) == (RunStatus.FAILED, "The file has no column name, which this importer needs.")


def test_the_same_file_gives_the_same_chunks(lab: Lab) -> None:
    for name in ("json", "jsonl", "xlsx", "parquet"):
        run_id = lab.start("notes", FORMATS[name](["body"], [[f"{name} {number}"] for number in range(30)]))
        lab.drain()
        numbers = lab.rows("SELECT number, rows FROM ingest_chunks WHERE run_id = :run_id ORDER BY 1", run_id=run_id)
        again = lab.run("notes", FORMATS[name](["body"], [[f"{name} {number}"] for number in range(30)]))
        assert numbers == lab.rows(
            "SELECT number, rows FROM ingest_chunks WHERE run_id = :run_id ORDER BY 1", run_id=again.id
        )
    assert lab.rows("SELECT count(*), count(DISTINCT body) FROM notes") == [(240, 120)]


def test_broken_lines_of_json_fail_alone_and_can_be_corrected(lab: Lab) -> None:
    run = lab.run("goods", '{"sku": "A", "name": "apple"}\n{"sku": "B", "name": "b"\n{"sku": "C", "name": "c"}\n')
    assert counts(run) == (3, 2, 1, 0)
    assert "Line 2 isn't valid JSON: Expecting ',' delimiter at its character 25." in lab.failed_rows(run.id)[2]
    fixed = lab.correct(run.id, "sku,name,_error_message,_row_number\nB,bean,x,2\n")
    assert fixed.status == RunStatus.COMPLETED
    assert lab.rows("SELECT name FROM goods ORDER BY sku") == [("apple",), ("bean",), ("c",)]


def test_what_only_a_later_object_has_goes_in_too(lab: Lab) -> None:
    filler = "x" * 100_000
    lines = [json.dumps({"sku": "A", "name": "a", "note": filler})] * (CHECKED_BYTES // len(filler))
    run = lab.run("goods-once", "\n".join([*lines, '{"sku": "B", "name": "b", "price": 7}']))
    assert run.status == RunStatus.COMPLETED
    assert lab.rows("SELECT sku, price FROM goods ORDER BY sku") == [("A", None), ("B", 7)]


def test_a_file_that_is_no_table_is_refused_at_once(lab: Lab) -> None:
    for content, message in (
        (b'{"a": 1\n}', "The JSON document holds no array of objects at its top level."),
        (gzip.compress(gzip.compress(b"a,b\n")), "Inside the compressed file is a gzip-compressed file."),
        (workbook({"S": [["sku", None], ["A", "x"]]}), "Column 2 has no name."),
    ):
        with pytest.raises(BadInput) as refused:
            lab.start("goods", content)
        assert refused.value.detail == message
        assert refused.value.fix


# The examples of the document


def test_the_example_of_delimited_text(lab: Lab) -> None:
    lab.write("CREATE TABLE stations (code TEXT, name TEXT)")
    run = lab.run("stations", "Станции;2026\n\ncode;name\nMSK;Москва\n".encode("cp1251"))
    assert lab.rows("SELECT * FROM stations") == [("MSK", "Москва")]
    assert run.source_text == "CSV, cp1251, semicolon, 2 columns"


def test_the_example_of_json(lab: Lab) -> None:
    lab.write("CREATE TABLE contacts (name TEXT, city TEXT, tags TEXT)")
    contacts = [{"name": "Ann", "address": {"city": "Bonn"}, "tags": ["a", 1.5]}, {"name": "Bob"}, 7]
    run = lab.run("contacts", json.dumps({"data": {"next": [{}], "contacts": contacts}}))
    assert lab.rows("SELECT * FROM contacts") == [("Ann", "Bonn", '["a",1.5]'), ("Bob", None, None)]
    assert list(lab.failed_rows(run.id)) == [3]


def test_the_example_of_json_lines(lab: Lab) -> None:
    lab.write('CREATE TABLE clicks (kind TEXT, "user" BIGINT)')
    lab.run("clicks", '{"kind": "in", "user": {"id": 7}, "rows": [{"a": 1}]}\n')
    assert lab.rows('SELECT kind, "user" FROM clicks') == [("in", 7)]


def test_the_example_of_a_workbook(lab: Lab) -> None:
    lab.write("CREATE TABLE deliveries (code TEXT, units BIGINT, day DATE)")
    orders = [["Orders of today"], ["code", "units", "day"], ["007", 12, date(2026, 2, 3)]]
    run = lab.run("deliveries", workbook({"Notes": [["x"], ["y"]], "Orders": orders}))
    assert [tuple(map(str, row)) for row in lab.rows("SELECT * FROM deliveries")] == [("007", "12", "2026-02-03")]
    assert run.source_text == "Excel, sheet “Orders”, 3 columns"
    with pytest.raises(BadInput, match="The workbook has no sheet “Orders”, only “Notes”"):
        lab.start("deliveries", workbook({"Notes": [["x"], ["y"]]}))
    with pytest.raises(BadInput, match="a workbook is expected"):
        lab.start("deliveries", "code,units\n1,2\n")


def test_the_example_of_parquet(lab: Lab) -> None:
    lab.write("CREATE TABLE readings (sensor TEXT, at TIMESTAMP)")
    buffer = io.BytesIO()
    moment = pl.Series([datetime(2026, 2, 3, 4, tzinfo=UTC)]).dt.convert_time_zone("Europe/Berlin")
    pl.DataFrame({"sensor": [{"name": "roof"}], "at": moment}).write_parquet(buffer)
    lab.run("readings", buffer.getvalue())
    ((sensor, at),) = lab.rows("SELECT * FROM readings")
    assert (sensor, str(at)[:19]) == ("roof", "2026-02-03 04:00:00")


def test_there_is_an_example_of_each_format() -> None:
    assert len(CODES) == 5


def test_an_importer_with_another_value_as_its_format_says_so() -> None:
    with pytest.raises(TypeError, match=r"Its format must be one of portal\.importers\.formats, not 'csv'"):

        class Wrong(Importer, table="goods", format="csv"):  # type: ignore[arg-type]  # the mistake
            pass
