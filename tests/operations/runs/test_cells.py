"""What stands in a cell comes through as it is, into the table and into failed rows."""

from __future__ import annotations

import csv
import io
import json

import pytest

from portal.runs import queries
from tests.support.lab import Lab, counts

CELLS = {
    "html": "<script>alert('x')</script> & <b>",
    "megabyte": "x" * 1_000_000,
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈",
    "right to left": "שלום \u202eabc\u202c عربى",
    "quotes": "say \"yes\", 'no'; `maybe`",
    "lines": "one\ntwo\r\nthree\rfour",
    "json": '{"a": "\\u0041\\n"}',
    "sql": "'); DROP TABLE notes; --",
    "spaces": "  \u00a0 inside \u3000 ",
    "formula": "=cmd|' /C calc'!A0",
    "combining": "e\u0301 ﬁ \ufeff",
    "highest": "\U0010ffff\ue000",
}


def as_csv(*cells: str) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([("body",), *((cell,) for cell in cells)])
    return text.getvalue()


NUL = "before\x00after"


@pytest.mark.parametrize("cell", list(CELLS.values()), ids=list(CELLS))
def test_a_cell_comes_through_as_it_is(lab: Lab, cell: str) -> None:
    cell = cell.replace("!", "?")  # which the importer of notes refuses
    run = lab.run("notes", as_csv("first", cell, cell + "!"))
    assert counts(run) == (3, 2, 1, 0)
    assert set(lab.rows("SELECT body FROM notes")) == {("first",), (cell,)}
    [(cells,)] = lab.rows("SELECT cells FROM ingest_rows WHERE run_id = :id", id=run.id)
    assert json.loads(cells) == [cell + "!"]
    of_run = "SELECT value FROM ingest_row_errors JOIN ingest_error_groups g ON g.id = group_id WHERE g.run_id = :id"
    [(value,)] = lab.rows(of_run, id=run.id)
    assert value == cell + "!"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_so_does_a_nul_character(lab: Lab) -> None:
    test_a_cell_comes_through_as_it_is(lab, NUL)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_postgresql_can_not_keep_a_nul_character_so_its_row_fails_alone(lab: Lab) -> None:
    run = lab.run("notes", as_csv("first", NUL, NUL + "!"))
    assert counts(run) == (3, 1, 2, 0)
    assert lab.rows("SELECT body FROM notes") == [("first",)]
    assert lab.failed_rows(run.id)[2] == "A text holds a NUL character, which PostgreSQL can't keep."
    assert [row.data for row in queries.rows_of(run, status="failed").items] == [{"body": NUL}, {"body": NUL + "!"}]
    assert counts(lab.retry(run.id)) == (2, 0, 2, 0)


def test_they_come_through_a_retry_and_a_download_too(lab: Lab) -> None:
    cells = [cell.replace("!", "?") + "!" for name, cell in CELLS.items() if name != "megabyte"] + [NUL + "!"]
    run = lab.run("notes", as_csv(*cells))
    query = "SELECT cells FROM ingest_rows WHERE run_id = :id ORDER BY row_number"
    expected = [[cell] for cell in cells]
    for other in (run, lab.retry(run.id), lab.run("notes", lab.download(run.id))):
        assert [json.loads(kept) for (kept,) in lab.rows(query, id=other.id)] == expected


def test_headers_may_be_anything(lab: Lab) -> None:
    headers = ["body", "_row", "c0", "_problem", "c1", 'a"b', "<i>", "$.x", "=1"]
    text = io.StringIO()
    csv.writer(text).writerows([headers, ["wrong!", *"12345678"], ["fine", *"12345678"]])
    run = lab.run("notes", text.getvalue())
    assert counts(run) == (2, 1, 1, 0)
    [(cells,)] = lab.rows("SELECT cells FROM ingest_rows WHERE run_id = :id", id=run.id)
    assert json.loads(cells) == ["wrong!", *"12345678"]
    [row] = queries.rows_of(lab.find(run.id), status="failed").items
    assert row.data == dict(zip(headers, ["wrong!", *"12345678"], strict=True))
    assert counts(lab.retry(run.id)) == (1, 0, 1, 0)


def test_every_kind_of_value_is_read_back_as_python_has_it(lab: Lab) -> None:
    lab.run(
        "kinds",
        "id,whole,number,exact,flag,day,moment,colour,mail,site\n"
        "1,-9223372036854775808,1e-3,999.125,YES,21.11.2026,2026-11-21T10:00:00+02:00,red,a@b.example,https://x.example\n"
        "2,,,,,,,,,\n",
    )
    first, second = lab.rows("SELECT whole, number, exact, flag, day, moment, colour, mail, site FROM kinds")
    assert first == (
        -9223372036854775808,
        0.001,
        999.125,
        1,
        "2026-11-21",
        "2026-11-21 08:00:00.000000",
        "red",
        "a@b.example",
        "https://x.example",
    )
    assert second == (None,) * 9
