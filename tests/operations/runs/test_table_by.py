"""A row goes to the table that the importer names for its value in a column."""

from __future__ import annotations

import random

import pytest

from portal.errors import BadInput
from portal.lifecycle import RunStatus
from tests.support.lab import Lab, counts

HEADER = "number,country,state,total\n"
TABLES = {"orders_de": "DE", "orders_at": "AT", "orders_of_others": ""}


def orders(lab: Lab) -> dict[str, list[tuple[int, int]]]:
    return {
        country: [(row[0], row[1]) for row in lab.rows(f"SELECT number, total FROM {table} ORDER BY number")]
        for table, country in TABLES.items()
    }


def test_each_row_goes_to_its_table(related_lab: Lab) -> None:
    run = related_lab.run("orders", HEADER + "1,DE,x,1\n2,AT,x,2\n1,AT,x,3\n4,,x,4\n5,FR,x,5\n6,DE,x,6\n")
    assert (run.status, counts(run)) == (RunStatus.COMPLETED_WITH_ERRORS, (6, 5, 1, 0))
    assert orders(related_lab) == {"DE": [(1, 1), (6, 6)], "AT": [(1, 3), (2, 2)], "": [(4, 4)]}
    message = "The country field tells which table takes the row, and none takes rows with this one. (FR)"
    assert related_lab.failed_rows(run.id) == {5: message}
    assert related_lab.groups(run.id)[0].suggested_fix == "Correct country: there are tables for “DE”, “AT”."


def test_without_the_column_all_go_to_the_importers_own_table(related_lab: Lab) -> None:
    assert counts(related_lab.run("orders", "number,total\n1,1\n2,2\n")) == (2, 2, 0, 0)
    assert orders(related_lab) == {"DE": [], "AT": [], "": [(1, 1), (2, 2)]}


def test_keys_refusals_and_what_belongs_to_rows_are_those_of_each_table(related_lab: Lab) -> None:
    related_lab.write("INSERT INTO orders_de (number, total) VALUES (1, 0)")
    related_lab.write("INSERT INTO orders_at (number, total) VALUES (2, 0)")
    rows = '1,DE,1,a\n2,DE,2,"b,c"\n3,DE,5000,d\n1,AT,3,e\n2,AT,4,f\n3,AT,5000,g\n3,AT,6,h\n'
    run = related_lab.run("orders", "number,country,total,notes\n" + rows)
    assert counts(run) == (7, 3, 4, 0)
    assert list(related_lab.failed_rows(run.id)) == [1, 3, 5, 7]
    assert orders(related_lab) == {"DE": [(1, 0), (2, 2)], "AT": [(1, 3), (2, 0), (3, 5000)], "": []}
    notes = related_lab.rows("SELECT number, note FROM order_notes ORDER BY note")
    assert notes == [(2, "b"), (2, "c"), (1, "e"), (3, "g")]


@pytest.mark.parametrize("seed", range(3))
def test_the_first_row_of_each_key_in_each_table_counts(related_lab: Lab, seed: int) -> None:
    chance = random.Random(seed)
    rows = [(chance.randint(1, 6), chance.choice(["DE", "AT", ""]), chance.randint(998, 1001)) for _ in range(40)]
    content = HEADER + "".join(f"{number},{country},x,{total}\n" for number, country, total in rows)
    rehearsed = related_lab.run("orders-once", content, dry_run=True)
    assert orders(related_lab) == {"DE": [], "AT": [], "": []}
    run_id = related_lab.start("orders-once", content)
    related_lab.drain(chance)
    expected: dict[str, dict[int, int]] = {"DE": {}, "AT": {}, "": {}}
    for number, country, total in rows:
        if country != "DE" or total < 1000:
            expected[country].setdefault(number, total)
    assert orders(related_lab) == {country: sorted(found.items()) for country, found in expected.items()}
    assert counts(related_lab.find(run_id)) == counts(rehearsed)


@pytest.mark.parametrize("table", ["orders_at", "order_notes"])
def test_all_tables_are_looked_for_before_the_run(related_lab: Lab, table: str) -> None:
    related_lab.write(f"DROP TABLE {table}")
    with pytest.raises(BadInput, match=f"no table called {table}, which this importer writes to"):
        related_lab.start("orders", HEADER + "1,DE,x,1\n")
