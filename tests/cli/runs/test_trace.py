"""`portal ingest trace`: how one row became what it is."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.cli.conftest import command, no_app


@pytest.fixture
def trace(ingest, bench):
    """Traces a row of a run of goods; gives (exit status, standard output, standard error)."""
    with bench() as lab:
        run_id = lab.run("goods", "sku,name,price\nA,apple,1\nc,,x\n").id
    return lambda *words, of=run_id: ingest("trace", str(of), *words)


def test_a_row_is_traced(trace) -> None:
    status, out, err = trace("2")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].endswith(": failed")
    assert "  The price field must be a whole number. (“x”)" in lines
    place = lines.index("price: “x”")
    assert lines[place : place + 5] == [
        "price: “x”",
        "  trimmed: “x”",
        "  given: “x”",
        "  read as integer: missing",
        "  type: failed. The price field must be a whole number.",
    ]
    assert lines[-1] == "It fails like this."


def test_a_row_is_traced_as_json(trace) -> None:
    row = json.loads(trace("2", "--json")[1])["data"]
    assert (row["row_number"], row["status"], row["untraced"]) == (2, "failed", None)
    assert row["data"] == {"sku": "c", "name": "", "price": "x"}
    assert {error["key"] for error in row["errors"]} == {"sku.pattern", "name.required", "price.type"}
    [price] = [column for column in row["trace"]["columns"] if column["name"] == "price"]
    assert price["steps"][-1] == {"words": "read as integer", "value": None}
    assert [judged["passed"] for judged in price["judgements"]] == [False]
    assert row["trace"]["written"] is None


@pytest.mark.parametrize(("row", "why"), [("1", "keeps no row 1."), ("99", "keeps no row 99.")])
def test_rows_that_are_not_kept_are_told(trace, row, why) -> None:
    status, out, err = trace(row)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert why in err


def test_runs_that_are_not_there_are_told(trace) -> None:
    assert trace("1", of=999) == (1, "", "Error: There is no run 999.\n")


@pytest.mark.parametrize("row", ["0", "x", "9223372036854775808"])
def test_wrong_usage_is_status_2(row) -> None:
    assert command(CliRunner(), no_app)("ingest", "trace", "1", row)[0] == 2
