"""A run from its file to its table: what goes in, what is counted, what is said."""

from __future__ import annotations

import pytest

from portal.lifecycle import RunStatus
from tests.support.lab import Lab, counts

GOODS = "sku,name,price\nA,apple,1\nB,,2\nC,cherry,-3\nD,date,NA\nE,elder,x\nF,fig,6\n"


def test_good_rows_go_in_and_bad_rows_are_named(lab: Lab) -> None:
    run = lab.run("goods", GOODS)
    assert run.status == RunStatus.COMPLETED_WITH_ERRORS
    assert counts(run) == (6, 3, 3, 0)
    assert lab.rows("SELECT * FROM goods ORDER BY sku") == [("A", "apple", 1), ("D", "date", None), ("F", "fig", 6)]
    assert lab.failed_rows(run.id) == {
        2: "The name field is required.",
        3: "The price field must be at least 0. (-3)",
        5: "The price field must be a whole number. (x)",
    }


def test_a_run_without_failures_is_completed(lab: Lab) -> None:
    run = lab.run("goods", "sku,name,price\nA,apple,1\n")
    assert (run.status, counts(run)) == (RunStatus.COMPLETED, (1, 1, 0, 0))
    assert (run.error, run.source_text) == (None, "CSV, UTF-8, comma, 3 columns")
    assert run.started_at <= run.staged_at <= run.completed_at
    assert lab.events(run.id) == ["Uploaded", "Processing started", "Staged", "Completed"]


def test_headers_are_found_by_alias_whatever_their_case_and_order(lab: Lab) -> None:
    run = lab.run("goods", "colour;PRICE;Article_Number;Name\nred;4;A;apple\n")
    assert run.mapping == {"PRICE": "price", "Article_Number": "sku", "Name": "name"}
    assert lab.rows("SELECT * FROM goods") == [("A", "apple", 4)]


def test_the_name_of_a_column_counts_more_than_an_alias(lab: Lab) -> None:
    lab.run("goods", "article number,sku,name\nOLD,A,apple\n")
    assert lab.rows("SELECT sku FROM goods") == [("A",)]


def test_an_update_leaves_alone_what_the_file_does_not_speak_of(lab: Lab) -> None:
    lab.write("INSERT INTO goods VALUES ('A', 'old', 7)")
    lab.run("goods", "sku,name\nA,new\n")
    assert lab.rows("SELECT * FROM goods") == [("A", "new", 7)]


def test_an_update_empties_what_the_file_leaves_empty(lab: Lab) -> None:
    lab.write("INSERT INTO goods VALUES ('A', 'old', 7)")
    lab.run("goods", "sku,name,price\nA,new,\n")
    assert lab.rows("SELECT * FROM goods") == [("A", "new", None)]


@pytest.mark.parametrize(
    ("slug", "kept", "expected"),
    [
        ("goods", "new", (1, 1, 0, 0)),
        ("goods-once", "old", (1, 0, 0, 1)),
        ("goods-strict", "old", (1, 0, 1, 0)),
    ],
)
def test_a_key_that_is_in_the_table_is_updated_skipped_or_fails(lab: Lab, slug, kept, expected) -> None:
    lab.write("INSERT INTO goods VALUES ('A', 'old', 7)")
    run = lab.run(slug, "sku,name\n A ,new\n")
    assert (counts(run), lab.rows("SELECT name FROM goods")) == (expected, [(kept,)])
    if slug == "goods-strict":
        assert lab.failed_rows(run.id) == {1: "Duplicate entry found for key 'sku'. (A)"}


def test_without_a_key_every_row_goes_in(lab: Lab) -> None:
    lab.run("notes", "body\nsame\nsame\n")
    assert lab.rows("SELECT body FROM notes") == [("same",), ("same",)]


def test_malformed_lines_become_failed_rows_with_their_line_number(lab: Lab) -> None:
    run = lab.run("goods", 'sku,name,price\nA,apple,1\nB,"bro\nken",2\nC,too,many,fields\nD,few\nE,el"der,5\nF,fig,6\n')
    assert counts(run) == (6, 4, 2, 0)
    assert lab.failed_rows(run.id) == {
        3: "The line can't be read as a row of this file. (Line 5 has 4 fields, but the header has 3.)",
        4: "The line can't be read as a row of this file. (Line 6 has 2 fields, but the header has 3.)",
    }
    assert lab.rows("SELECT name FROM goods WHERE sku = 'B'") == [("bro\nken",)]


def test_look_ups_are_asked_of_the_other_tables(lab: Lab) -> None:
    lab.run("goods", "sku,name\nA,apple\n")
    lab.write("INSERT INTO guarded VALUES (7, 'c', 'n', 1, 1)")
    run = lab.run("orders", "id,sku,supplier\n1,A,7\n2,B,7\n3,A,8\n4,a,\n5,A,\n")
    assert lab.rows("SELECT id, sku, supplier FROM orders") == [(1, "A", 7), (5, "A", None)]
    assert lab.failed_rows(run.id) == {
        2: "The sku field must be found in goods. (B)",
        3: "The supplier field must be found in guarded. (8)",
        4: "The sku field must be found in goods. (a)",
    }


def test_a_dry_run_writes_nothing_and_counts_the_same(lab: Lab) -> None:
    rehearsed = lab.run("goods", GOODS, dry_run=True)
    assert lab.rows("SELECT * FROM goods") == []
    real = lab.run("goods", GOODS)
    assert (rehearsed.status, counts(rehearsed)) == (real.status, counts(real))
    assert lab.failed_rows(rehearsed.id) == lab.failed_rows(real.id)


def test_chunks_are_removed_when_the_run_is_over(lab: Lab) -> None:
    run = lab.run("goods", GOODS)
    assert not (lab.folder / "files" / "runs" / str(run.id)).exists()


def test_the_groups_of_failures_carry_values_and_a_fix(lab: Lab) -> None:
    run = lab.run("goods", "sku,name,price\nA,a,1.0\nB,b,2.0\nC,c,2.0\nD,,4\n")
    groups = lab.groups(run.id)
    assert [(group.key, group.count, group.values, group.distinct_values) for group in groups] == [
        ("price.type", 3, [["2.0", 2], ["1.0", 1]], 2),
        ("name.required", 1, [["", 1]], 1),
    ]
    assert "without the decimal point" in groups[0].suggested_fix


def test_what_is_said_at_the_end_counts_in_good_english(lab: Lab) -> None:
    run = lab.run("goods", "sku,name\nA,\nB,b\n")
    assert lab.messages(run.id)[-1] == "1 row failed for 1 cause."
    run = lab.run("goods", "sku,name\nA,\n,\n")
    assert lab.messages(run.id)[-1] == "2 rows failed for 2 causes."
