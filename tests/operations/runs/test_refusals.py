"""Rows that the database itself refuses, by rules that the importer doesn't know, fail alone and in plain words."""

from __future__ import annotations

import re

from portal.lifecycle import RunStatus
from tests.support.lab import Lab, counts

HEADER = "id,code,unique_name,price,size\n"


def test_only_the_refused_rows_fail(lab: Lab) -> None:
    lines = [f"{number},c{number},n,{-1 if number % 3 == 0 else 5},1\n" for number in range(1, 12)]
    run = lab.run("guarded", HEADER + "".join(lines))
    assert (run.status, counts(run)) == (RunStatus.COMPLETED_WITH_ERRORS, (11, 8, 3, 0))
    assert set(lab.failed_rows(run.id).values()) == {"The table's rule price_is_positive doesn't allow this row."}
    assert [row[0] for row in lab.rows("SELECT id FROM guarded ORDER BY id")] == [1, 2, 4, 5, 7, 8, 10, 11]


def test_each_rule_has_its_own_group_and_words(lab: Lab) -> None:
    lab.write("INSERT INTO guarded VALUES (100, 'taken', 'n', 1, 1)")
    unnamed = {"sqlite": "size / 2 < 50", "postgresql": "guarded_size_check"}[lab.database]
    run = lab.run("guarded", HEADER + "1,taken,n,1,1\n2,b,,1,1\n3,c,n,-1,1\n4,d,n,1,100\n5,e,n,1,1\n")
    assert lab.failed_rows(run.id) == {
        1: "The table has a row with the same code already.",
        2: "The table needs a value in unique_name.",
        3: "The table's rule price_is_positive doesn't allow this row.",
        4: f"The table's rule {unnamed} doesn't allow this row.",
    }
    assert {group.key: group.count for group in lab.groups(run.id)} == {
        "database-unique.code": 1,
        "database-not-null.unique_name": 1,
        "database-check.price_is_positive": 1,
        f"database-check.{re.sub(r'[^a-z0-9_]+', '-', unnamed)}": 1,
    }


def test_two_rows_that_collide_on_another_column_leave_one(lab: Lab) -> None:
    run = lab.run("guarded", HEADER + "1,same,n,1,1\n2,same,n,1,1\n")
    assert lab.rows("SELECT id FROM guarded") == [(1,)]
    assert lab.failed_rows(run.id) == {2: "The table has a row with the same code already."}


def test_a_dry_run_finds_them_too_and_writes_nothing(lab: Lab) -> None:
    content = HEADER + "1,same,n,1,1\n2,same,n,1,1\n3,c,n,-1,1\n"
    rehearsed = lab.run("guarded", content, dry_run=True)
    assert lab.rows("SELECT * FROM guarded") == []
    assert lab.failed_rows(rehearsed.id) == lab.failed_rows(lab.run("guarded", content).id)


TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER no_more BEFORE INSERT ON orders WHEN NEW.id > 2 BEGIN SELECT RAISE(ABORT, 'Enough.'); END",
        "CREATE TRIGGER day BEFORE INSERT ON orders WHEN NEW.id = 1 BEGIN INSERT INTO notes VALUES ('x'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION no_more() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'Enough.'; END $$",
        "CREATE TRIGGER no_more BEFORE INSERT ON orders FOR EACH ROW WHEN (NEW.id > 2) EXECUTE FUNCTION no_more()",
    ),
}


def test_references_within_the_database_are_named(lab: Lab) -> None:
    lab.write("DROP TABLE orders")
    lab.write(
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, sku TEXT REFERENCES goods(sku), supplier INTEGER, day DATE)"
    )
    lab.write("INSERT INTO goods VALUES ('A', 'apple', 1)")
    for statement in TRIGGERS[lab.database]:
        lab.write(statement)
    run = lab.run("orders", "id,sku\n1,A\n3,A\n")
    assert lab.failed_rows(run.id) == {2: "The database refused the row."}
    assert lab.groups(run.id)[0].suggested_fix == "It said: Enough."


def test_a_refused_row_can_be_retried(lab: Lab) -> None:
    run = lab.run("guarded", HEADER + "1,a,n,-1,1\n")
    lab.write("""UPDATE ingest_rows SET cells = '["1", "a", "n", "1", "1"]'""")
    assert lab.retry(run.id).status == RunStatus.COMPLETED
    assert lab.find(run.id).open_failures == 0


def test_an_importer_that_does_not_fit_its_table_ends_the_run_at_once(lab: Lab) -> None:
    lab.write("ALTER TABLE guarded DROP COLUMN size")
    run = lab.run("guarded", HEADER + "1,a,n,1,1\n")
    assert run.status == RunStatus.FAILED
    assert run.error.startswith("The importer doesn't fit its table: ")


def test_an_update_needs_a_key_that_the_table_knows(lab: Lab) -> None:
    lab.write("DROP TABLE goods")
    lab.write("CREATE TABLE goods (sku TEXT, name TEXT, price INTEGER)")
    run = lab.run("goods", "sku,name\nA,apple\n")
    assert run.status == RunStatus.FAILED
    assert "ON CONFLICT" in run.error


def test_a_table_that_vanishes_ends_the_run_with_its_name(lab: Lab) -> None:
    run_id = lab.start("notes", "body\nx\n")
    lab.write("DROP TABLE notes")
    lab.drain()
    assert lab.find(run_id).error == "The database has no table called notes."
