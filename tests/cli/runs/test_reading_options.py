"""How a file is written, set on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from portal.importers import load_importers

LINES = "выгрузка\nsku;name\nA;яблоко\n".encode("cp1251")


@pytest.fixture
def goods(tmp_path: Path) -> str:
    path = tmp_path / "goods.csv"
    path.write_bytes(LINES)
    return str(path)


def test_what_is_set_is_used(cli, bench, goods) -> None:
    words = ["--delimiter", ";", "--encoding", "cp1251", "--header-row", "2", "--json"]
    done = cli.invoke(args=["ingest", "run", "goods", "--file", goods, *words])
    assert done.exit_code == 0, done.stderr
    with bench() as lab:
        lab.drain()
        assert lab.rows("SELECT name FROM goods") == [("яблоко",)]
        assert lab.find(json.loads(done.stdout)["data"]["id"]).format == {
            "format": "delimited",
            "delimiter": ";",
            "encoding": "cp1251",
            "header_row": 2,
        }


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--format", "csv"], "The format must be one of delimited, json, json_lines, workbook, parquet, not csv."),
        (["--sheet", "a", "--delimiter", ";"], "A file that has a sheet has no delimiter: leave one of them empty."),
        (["--header-row", "two", "--format", "workbook"], "The header row must be a whole number from 1, not two."),
        (["--encoding", "zip"], "There is no text encoding called 'zip'."),
    ],
)
def test_a_refusal_is_one_line_on_standard_error(cli, bench, goods, words, why) -> None:
    done = cli.invoke(args=["ingest", "run", "goods", "--file", goods, *words])
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"Error: {why}\n")
    with bench() as lab:
        assert lab.uploads() == []


def test_a_new_importer_keeps_it(cli, bench, goods, tmp_path) -> None:
    words = ["--encoding", "cp1251", "--header-row", "2", "--to", str(tmp_path / "made.py")]
    done = cli.invoke(args=["importers", "new", "Made", "--file", goods, *words])
    assert done.exit_code == 0, done.stderr
    made = load_importers((str(tmp_path / "made.py"),))["made"]
    assert (made.format.encoding, made.format.header_row, list(made.columns)) == ("cp1251", 2, ["sku", "name"])
