"""Lists in a cell: each entry becomes a row of a table that links it to the row."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from portal.lifecycle import RunStatus
from tests.support import related
from tests.support.databases import Database
from tests.support.lab import Lab, counts

LINKS = (
    "SELECT sku, name FROM product_tags JOIN products ON products.id = product_id JOIN tags ON tags.id = tag_id"
    " ORDER BY sku, name"
)


def links(lab: Lab) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for sku, name in lab.rows(LINKS):
        found.setdefault(sku, []).append(name)
    return found


def sizes(lab: Lab) -> list[tuple[str, int]]:
    return [(sku, size) for sku, size in lab.rows("SELECT sku, size FROM sizes ORDER BY sku, size")]


def test_each_entry_is_linked_to_its_row(related_lab: Lab) -> None:
    related_lab.write("INSERT INTO tags (name) VALUES ('red')")
    rows = 'sku,tags,sizes\nA,red;green,"38, 40,40"\nB,,\nC,green; green;blue,41\nD,red,x\n'
    run = related_lab.run("products", rows)
    assert (run.status, counts(run)) == (RunStatus.COMPLETED_WITH_ERRORS, (4, 3, 1, 0))
    assert links(related_lab) == {"A": ["green", "red"], "C": ["blue", "green"]}
    assert sizes(related_lab) == [("A", 38), ("A", 40), ("C", 41)]
    assert related_lab.failed_rows(run.id) == {4: "In sizes: The entry field must be a whole number. (x)"}


def test_an_update_makes_the_links_those_of_the_list(related_lab: Lab) -> None:
    related_lab.run("products", "sku,tags,sizes\nA,red;green,38\nB,red,39\nC,red,40\n")
    related_lab.write("UPDATE product_tags SET since = 'long ago'")
    run = related_lab.run("products", "sku,tags,sizes\nA,green;blue,38\nB,,\n")
    assert counts(run) == (2, 2, 0, 0)
    assert links(related_lab) == {"A": ["blue", "green"], "C": ["red"]}
    assert sizes(related_lab) == [("A", 38), ("C", 40)]
    kept = "SELECT name, since FROM product_tags JOIN tags ON tags.id = tag_id ORDER BY name"
    assert related_lab.rows(kept) == [("blue", "now"), ("green", "long ago"), ("red", "long ago")]


def test_links_are_left_alone_where_the_file_does_not_speak_of_them(related_lab: Lab) -> None:
    related_lab.run("products", "sku,tags,sizes\nA,red,38\n")
    related_lab.run("products", "sku,price\nA,5\n")
    assert (links(related_lab), sizes(related_lab)) == ({"A": ["red"]}, [("A", 38)])


def test_links_can_be_added_only(related_lab: Lab) -> None:
    related_lab.run("products", "sku,tags\nA,red;green\n")
    related_lab.write("INSERT INTO tags (name) VALUES ('blue')")
    run = related_lab.run("products-tagged", 'sku,tags\nA,"green,blue"\nB,blue\nC,unknown\n')
    assert counts(run) == (3, 2, 1, 0)
    assert links(related_lab) == {"A": ["blue", "green", "red"], "B": ["blue"]}
    assert related_lab.failed_rows(run.id) == {3: "In tags: The entry field must be found in tags. (unknown)"}


def test_a_refused_link_fails_its_row_alone_and_leaves_nothing_of_it(related_lab: Lab) -> None:
    related_lab.run("products", "sku,tags,sizes,price\nX,red,38,1\n")
    related_lab.write("INSERT INTO tags (id, name) VALUES (666, 'cursed')")
    rows = "A,red;cursed,38,1\nB,blue,39,1\nC,green,99,1\nD,blue;red,40,-1\nX,blue,61,7\nE,,41,1\n"
    run = related_lab.run("products", "sku,tags,sizes,price\n" + rows)
    assert counts(run) == (6, 2, 4, 0)
    assert sorted(related_lab.failed_rows(run.id)) == [1, 3, 4, 5]
    assert related_lab.rows("SELECT sku, price FROM products ORDER BY sku") == [("B", 1), ("E", 1), ("X", 1)]
    assert links(related_lab) == {"B": ["blue"], "X": ["red"]}
    assert sizes(related_lab) == [("B", 39), ("E", 41), ("X", 38)]


def test_an_entry_that_the_table_refuses_fails_its_row(related_lab: Lab) -> None:
    run = related_lab.run("products", "sku,tags\nA,red;far too long\nB,red\nC,red;far too long;much too long\n")
    assert counts(run) == (3, 1, 2, 0)
    assert links(related_lab) == {"B": ["red"]}
    (group,) = related_lab.groups(run.id)
    assert group.message.startswith("In tags: The entry field can't be added to tags: The table's rule ")
    assert (group.field, group.count) == ("tags.entry", 2)


@pytest.mark.parametrize(("slug", "counted"), [("products-once", (4, 2, 0, 2)), ("products-strict", (4, 2, 2, 0))])
def test_rows_that_stay_out_bring_no_links(related_lab: Lab, slug: str, counted: tuple[int, ...]) -> None:
    related_lab.run("products", "sku,tags,sizes\nA,red,38\n")
    run = related_lab.run(slug, "sku,tags,sizes\nA,blue,39\nB,green,40\nB,blue,41\nC,red,42\n")
    assert counts(run) == counted
    assert links(related_lab) == {"A": ["red"], "B": ["green"], "C": ["red"]}
    assert sizes(related_lab) == [("A", 38), ("B", 40), ("C", 42)]


def test_an_older_row_leaves_the_links_alone(related_lab: Lab) -> None:
    related_lab.run("products-newer", "sku,changed,tags,sizes\nA,2026-05-05,red,38\nB,2026-05-05,red,38\n")
    rows = "A,2026-05-04,blue,39\nB,2026-05-06,green,40\nC,2026-05-06,blue,41\nC,2026-05-01,red,42\n"
    run = related_lab.run("products-newer", "sku,changed,tags,sizes\n" + rows)
    assert counts(run) == (4, 2, 0, 2)
    assert links(related_lab) == {"A": ["red"], "B": ["green"], "C": ["blue"]}
    assert sizes(related_lab) == [("A", 38), ("B", 40), ("C", 41)]


def test_a_dry_run_writes_nothing_and_tells_the_same(related_lab: Lab) -> None:
    rows = "sku,tags,sizes\nA,red;blue,38\nB,red,99\nC,far too long,38\n"
    rehearsed = related_lab.run("products", rows, dry_run=True)
    for table in ("products", "tags", "product_tags", "sizes"):
        assert related_lab.rows(f"SELECT * FROM {table}") == []
    run = related_lab.run("products", rows)
    assert counts(rehearsed) == counts(run) == (3, 1, 2, 0)
    assert related_lab.failed_rows(rehearsed.id) == related_lab.failed_rows(run.id)


@pytest.mark.parametrize("seed", range(3))
def test_the_last_good_row_of_a_key_has_its_links_whatever_the_order_of_workers(related_lab: Lab, seed: int) -> None:
    chance = random.Random(seed)
    rows = [
        (chance.choice("ABCDEF"), chance.sample(["red", "green", "blue"], chance.randint(0, 3)), chance.randint(50, 64))
        for _ in range(40)
    ]
    content = "".join(f"{sku},{';'.join(tags)},{size}\n" for sku, tags, size in rows)
    run_id = related_lab.start("products", "sku,tags,sizes\n" + content)
    related_lab.drain(chance)
    expected = {sku: (sorted(tags), size) for sku, tags, size in rows if size < 60}
    assert links(related_lab) == {sku: tags for sku, (tags, _) in sorted(expected.items()) if tags}
    assert sizes(related_lab) == sorted((sku, size) for sku, (_, size) in expected.items())
    assert related_lab.find(run_id).failed == sum(size >= 60 for _, _, size in rows)


def test_rows_that_were_refused_can_be_retried(related_lab: Lab) -> None:
    related_lab.write("INSERT INTO tags (id, name) VALUES (666, 'cursed')")
    run = related_lab.run("products", "sku,tags\nA,cursed;red\n")
    related_lab.write("UPDATE tags SET id = 5000 WHERE id = 666")
    assert related_lab.retry(run.id).status == RunStatus.COMPLETED
    assert links(related_lab) == {"A": ["cursed", "red"]}


ELSEWHERE = """
from tests.support.related import Products

class ProductsElsewhere(Products, table="products", key="sku", on_duplicate="update", database="warehouse"):
    pass
"""


def test_all_of_it_goes_to_another_database(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    (tmp_path / "elsewhere.py").write_text(ELSEWHERE)
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    for statement in related.tables_for("sqlite"):
        other.write(statement)
    app = make_app(importers=(str(tmp_path / "elsewhere.py"),), chunk_rows=2, databases={"warehouse": other.url})
    with app.app_context():
        lab = Lab(app, tmp_path)
        run = lab.run("products-elsewhere", "sku,tags,sizes\nA,red;blue,38\nB,red,99\nC,blue,39\nA,red,40\n")
        assert counts(run) == (4, 3, 1, 0)
    assert other.rows(LINKS) == [("A", "red"), ("C", "blue")]
    assert other.rows("SELECT sku, size FROM sizes ORDER BY sku") == [("A", 40), ("C", 39)]


def test_one_refused_row_among_many_is_found(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    app = make_app(importers=(related.__file__,), chunk_rows=1000)
    with app.app_context():
        lab = Lab(app, tmp_path)
        for statement in related.tables_for(lab.database):
            lab.write(statement)
        rows = "".join(f"S{number},red,{99 if number == 321 else 38}\n" for number in range(1, 601))
        run = lab.run("products", "sku,tags,sizes\n" + rows)
        assert (counts(run), list(lab.failed_rows(run.id))) == ((600, 599, 1, 0), [321])
        for table in ("products", "product_tags", "sizes"):
            assert lab.rows(f"SELECT count(*) FROM {table}") == [(599,)]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_constraint_that_could_wait_for_the_commit_is_asked_at_once(related_lab: Lab) -> None:
    related_lab.write(
        "ALTER TABLE sizes ADD CONSTRAINT known FOREIGN KEY (size) REFERENCES tags (id) DEFERRABLE INITIALLY DEFERRED"
    )
    related_lab.write("INSERT INTO tags (id, name) VALUES (38, 'small')")
    run = related_lab.run("products", "sku,sizes\nA,38\nB,39\nC,38\n")
    assert (counts(run), list(related_lab.failed_rows(run.id))) == ((3, 2, 1, 0), [2])
