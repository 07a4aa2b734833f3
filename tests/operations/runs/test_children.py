"""JSON in a cell: each object becomes a row of a table, which refers to the row by its key."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from portal.lifecycle import RunStatus
from tests.support.lab import Lab, counts

ITEMS = "SELECT shop, number, article, quantity FROM items ORDER BY shop, number, id"


def content(*rows: tuple[int, list[dict[str, Any]] | str]) -> str:
    """JSON: the number of each parcel and its items."""
    return json.dumps([{"number": number, "items": items} for number, items in rows])


def item(article: str, quantity: int = 1) -> dict[str, Any]:
    return {"article": article, "qty": quantity}


def run_of(lab: Lab, text: str, slug: str = "parcels", **options: Any) -> Any:
    run_id = lab.start(slug, text, **options)
    lab.drain()
    return lab.find(run_id)


def test_each_object_becomes_a_row_with_the_key_of_its_parent(related_lab: Lab) -> None:
    full = {"article": "C", "packed": "2026-01-02T03:04:05Z", "tag": "red", "more": 1}
    run = run_of(related_lab, content((1, [item("A", 2), item("B")]), (2, []), (3, [full])))
    assert (run.status, counts(run)) == (RunStatus.COMPLETED, (3, 3, 0, 0))
    assert related_lab.rows(ITEMS) == [("main", 1, "A", 2), ("main", 1, "B", 1), ("main", 3, "C", 1)]
    query = "SELECT packed, name FROM items JOIN tags ON tags.id = tag_id"
    ((packed, tag),) = related_lab.rows(query)
    assert (str(packed)[:19], tag) == ("2026-01-02 03:04:05", "red")


def test_it_goes_in_a_csv_file_too(related_lab: Lab) -> None:
    cell = json.dumps([item("A"), item("B", 3)]).replace('"', '""')
    run = related_lab.run("parcels", f'shop,number,items\nx,1,"{cell}"\ny,1,\n')
    assert counts(run) == (2, 2, 0, 0)
    assert related_lab.rows(ITEMS) == [("x", 1, "A", 1), ("x", 1, "B", 3)]


def test_a_child_that_is_wrong_fails_its_row_and_says_which_one(related_lab: Lab) -> None:
    run = run_of(
        related_lab,
        content(
            (1, [item("A"), {"article": "B", "qty": "two"}]),
            (2, [item("A"), item("C"), {"qty": 1}]),
            (3, [item("A", 500)]),
            (4, "nothing"),
            (5, [item("A")]),
        ),
    )
    assert counts(run) == (5, 1, 4, 0)
    assert related_lab.failed_rows(run.id) == {
        1: "In items: The quantity field must be a whole number. (item 2: two)",
        2: "In items: The article field is required. (item 3)",
        3: "In items: Nobody packs so many. (item 1: 500)",
        4: "The items field must be a list of rows in JSON. (nothing)",
    }
    assert related_lab.rows(ITEMS) == [("main", 5, "A", 1)]


def test_an_update_puts_the_new_rows_in_place_of_the_old_ones(related_lab: Lab) -> None:
    run_of(related_lab, content((1, [item("A"), item("B")]), (2, [item("C")]), (3, [item("D")])))
    run = run_of(related_lab, content((1, [item("B", 5)]), (2, [])))
    assert counts(run) == (2, 2, 0, 0)
    assert related_lab.rows(ITEMS) == [("main", 1, "B", 5), ("main", 3, "D", 1)]
    related_lab.run("parcels", "number,weight\n1,5\n")
    assert related_lab.rows(ITEMS) == [("main", 1, "B", 5), ("main", 3, "D", 1)]


def test_rows_can_be_added_only(related_lab: Lab) -> None:
    run_of(related_lab, content((1, [item("A")])))
    run_of(related_lab, content((1, [item("A"), item("B")])), "parcels-added")
    assert related_lab.rows(ITEMS) == [("main", 1, "A", 1), ("main", 1, "A", 1), ("main", 1, "B", 1)]


def test_a_refused_child_fails_its_row_alone_and_leaves_nothing_of_it(related_lab: Lab) -> None:
    run_of(related_lab, content((9, [item("old")])))
    rows = [(number, [item("A"), item("B", 13 if number % 3 == 0 else 2)]) for number in range(1, 11)]
    run = run_of(related_lab, content(*rows))
    assert counts(run) == (10, 7, 3, 0)
    assert list(related_lab.failed_rows(run.id)) == [3, 6, 9]
    assert related_lab.rows("SELECT number FROM parcels ORDER BY number") == [(n,) for n in (1, 2, 4, 5, 7, 8, 9, 10)]
    kept = [(n, a, q) for n in (1, 2, 4, 5, 7, 8, 10) for a, q in (("A", 1), ("B", 2))] + [(9, "old", 1)]
    assert [row[1:] for row in related_lab.rows(ITEMS)] == sorted(kept)


def test_a_dry_run_writes_nothing_and_tells_the_same(related_lab: Lab) -> None:
    text = content((1, [item("A", 13)]), (2, [item("B")]), (2, [item("C")]))
    rehearsed = run_of(related_lab, text, dry_run=True)
    assert (related_lab.rows("SELECT * FROM parcels"), related_lab.rows(ITEMS)) == ([], [])
    assert counts(rehearsed) == counts(run_of(related_lab, text)) == (3, 2, 1, 0)


@pytest.mark.parametrize("seed", range(3))
def test_the_last_good_row_of_a_key_has_its_children_whatever_the_order_of_workers(related_lab: Lab, seed: int) -> None:
    chance = random.Random(seed)
    rows = [
        (chance.randint(1, 6), [item(str(place), chance.randint(9, 13)) for place in range(chance.randint(0, 3))])
        for _ in range(40)
    ]
    run_id = related_lab.start("parcels", content(*rows))
    related_lab.drain(chance)
    good = {number: items for number, items in rows if all(one["qty"] != 13 for one in items)}
    assert related_lab.rows(ITEMS) == [
        ("main", number, one["article"], one["qty"]) for number, items in sorted(good.items()) for one in items
    ]
    assert related_lab.find(run_id).failed == sum(any(one["qty"] == 13 for one in items) for _, items in rows)
